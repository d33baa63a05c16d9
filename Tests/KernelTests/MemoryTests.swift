import AsyncHTTPClient
import BulkheadCore
import BulkheadKeys
import BulkheadLifecycle
import Distribution
import Foundation
import NIOCore
import Testing

@testable import bulkhead

@Suite("Memory")
struct MemoryTests {
  static let registered = 1000
  static let active = 200
  static let rounds = 5
  static let lanes = 16
  static let residentKilobytesMax = 300 * 1024

  @Test("1,000 tenants registered and 200 active keep the server under 300 MB")
  func resident() async throws {
    // Not the house of the other tests: there PostgreSQL is killed now and then.
    try await ChaosHouse.own(named: "memory") { try await measure($0) }
  }

  private func measure(_ house: ChaosHouse) async throws {
    let tokens = try await provision(house)
    let server = try house.start("serve", ["--port", "0", "--no-access-log"])
    let url = try await server.ready()["url"]?.string ?? ""
    let idle = try resident(server)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<Self.lanes {
        group.addTask {
          for round in 0..<Self.rounds {
            for index in stride(from: lane, to: tokens.count, by: Self.lanes) {
              try await visit(url, tokens[index], round, house.client)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    let busy = try resident(server)
    print("resident: \(idle) kB before the first request, \(busy) kB after, \(Self.active) tenants active")
    #expect(busy < Self.residentKilobytesMax)
    server.kill()
  }

  /// Registers the tenants; the active ones get a company and a token.
  private func provision(_ house: ChaosHouse) async throws -> [String] {
    let platform = try await Platform.open(Cluster.open(house.options, creates: false), logger: .test)
    defer { platform.close() }
    let transport = HTTPTransport(client: house.client, egress: EgressRule(allowsInside: true))
    let mail = SMTPTransport(egress: transport.egress)
    let services = Modules(platform, transport: transport, mail: mail).services
    let provisioner = platform.provisioner(house.options)
    let issuer = TokenIssuer(ring: platform.ring, ambient: platform.ambient)
    var tokens: [String] = []
    for number in 0..<Self.registered {
      let record = try await provisioner.create(
        TenantRequest(slug: "m-\(number)", name: "Tenant \(number)", tier: .pooled), actor: platform.operatorActor)
      guard number < Self.active else { continue }
      let tenant = try await platform.operatorTenant(record, reason: "test data")
      try await DemoCompany.seed(in: tenant, services)
      let token = try await issuer.issue(
        tenant: record.id, actor: Actor(kind: .service, id: platform.ambient.makeID()),
        permissions: platform.roles.all, lifetime: .seconds(3600))
      tokens.append(token.text.withValue { $0 })
    }
    return tokens
  }

  private func visit(_ url: String, _ token: String, _ round: Int, _ client: HTTPClient) async throws {
    for (method, path, body) in [("GET", "/v1/stock", JSON?.none), ("POST", "/v1/orders", Bodies.order(1))] {
      var request = HTTPClientRequest(url: url + path)
      request.method = .init(rawValue: method)
      request.headers.add(name: "Authorization", value: "Bearer \(token)")
      if let body {
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body.utf8))
      }
      let response = try await client.execute(request, timeout: .seconds(60))
      _ = try await response.body.collect(upTo: 1 << 20)
      #expect(response.status.code < 300 || response.status.code == 503)
    }
  }

  private func resident(_ process: ChaosProcess) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? .max
  }
}
