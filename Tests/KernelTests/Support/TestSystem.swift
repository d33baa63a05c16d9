import AsyncHTTPClient
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import Distribution
import Foundation
import Logging
import NIOCore
import ServiceLifecycle

@testable import bulkhead

/// One tenant of a test: its record and an administrator's token.
typealias TestTenant = FieldTenant

/// An answer, read whole.
typealias TestAnswer = Reply

/// A running system: real PostgreSQL, real HTTP, an API and, when asked for, a worker.
final class TestSystem: Sendable {
  let application: Application
  let url: String
  private let task: Task<Void, any Error>
  private let client: HTTPClient

  var platform: Platform { application.platform }

  private init(_ application: Application, url: String, client: HTTPClient, task: Task<Void, any Error>) {
    self.application = application
    self.url = url
    self.client = client
    self.task = task
  }

  /// Each holds up to `connectionsMax` of the cluster's 200 connections, idle ones included.
  private static let connectionsMax = 24
  private static let turnstile = Turnstile(places: 6)

  /// Starts a system for the length of `body`, when there is room for one.
  static func run<Result>(
    seams: Application.Seams = Application.Seams(), platformSeams: Platform.Seams = Platform.Seams(),
    worker: Bool = false, hostSuffix: String? = nil,
    mail: any MailTransport = SMTPTransport(egress: EgressRule(allowsInside: true)),
    _ body: (TestSystem) async throws -> Result
  ) async throws -> Result {
    await turnstile.enter()
    do {
      let result = try await start(
        seams: seams, platformSeams: platformSeams, worker: worker, hostSuffix: hostSuffix, mail: mail, body)
      await turnstile.leave()
      return result
    } catch {
      await turnstile.leave()
      throw error
    }
  }

  private static func start<Result>(
    seams: Application.Seams, platformSeams: Platform.Seams, worker: Bool, hostSuffix: String?,
    mail: any MailTransport, _ body: (TestSystem) async throws -> Result
  ) async throws -> Result {
    let cluster = try await TestCluster.shared.cluster()
    var limits = Platform.Limits()
    limits.pool.openMax = connectionsMax
    let platform = try await Platform.open(cluster, limits: limits, seams: platformSeams, logger: .test)
    try await platform.furnish()
    let client = HTTPTransport.makeClient()
    let modules = Modules(
      platform, transport: HTTPTransport(client: client, egress: EgressRule(allowsInside: true)), mail: mail)
    let application = try Application(
      platform, modules: modules, options: TestCluster.shared.options, hostSuffix: hostSuffix, seams: seams,
      accessLog: false)
    try await application.prepare()
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    var options = HTTPServerOptions()
    options.port = 0
    options.shutdownGrace = .seconds(2)
    var services = application.apiServices(options) { continuation.yield($0) }
    if worker { services += try application.workServices() }
    let group = ServiceGroup(services: services, logger: .test)
    let task = Task { try await group.run() }
    var port = 0
    for await bound in ports {
      port = bound
      break
    }
    let system = TestSystem(application, url: "http://127.0.0.1:\(port)", client: client, task: task)
    do {
      let result = try await body(system)
      await system.stop(group)
      return result
    } catch {
      await system.stop(group)
      throw error
    }
  }

  private func stop(_ group: ServiceGroup) async {
    await group.triggerGracefulShutdown()
    _ = try? await task.value
    try? await client.shutdown()
    platform.close()
  }

  /// A fresh tenant with the demonstration company in it. Business ids are the same in all of them.
  /// `parent` is a path of slugs below the platform; its nodes are made.
  func tenant(
    _ tier: Tier, seeded: Bool = true, parent: String = "", plan: String = "standard"
  ) async throws -> TestTenant {
    try await platform.ensureParents(parent)
    let slug = "t-\(tier.rawValue)-\(SystemRandom().bytes(5).map { String($0, radix: 16) }.joined())"
    let record = try await platform.provisioner(TestCluster.shared.options).create(
      TenantRequest(
        slug: slug, name: "Test \(tier.rawValue)", tier: tier, parentPath: parent, policyTemplate: plan),
      actor: platform.operatorActor)
    if seeded {
      let tenant = try await platform.operatorTenant(record, reason: "test data")
      try await DemoCompany.seed(in: tenant, application.modules.services)
    }
    return TestTenant(record: record, token: try await token(record))
  }

  /// A token of a service with everything that an administrator may do, or with `permissions`.
  func token(
    _ record: TenantRecord, permissions: PermissionSet? = nil, lifetime: Duration = .seconds(3600)
  ) async throws -> String {
    try await platform.trialToken(for: record, permissions: permissions, lifetime: lifetime)
  }

  /// What breaks an invariant in the tenant's books; empty when all hold.
  func brokenInvariants(_ tenant: TestTenant) async throws -> [String] {
    try await platform.brokenInvariants(tenant.record)
  }
}

extension TestSystem {
  func call(
    _ method: String, _ path: String, token: String? = nil, json: JSON? = nil, bytes: [UInt8]? = nil,
    headers: [String: String] = [:]
  ) async throws -> TestAnswer {
    try await client.ask(method, url + path, token: token, json: json, bytes: bytes, headers: headers)
  }

  func get(_ path: String, _ tenant: TestTenant, headers: [String: String] = [:]) async throws -> TestAnswer {
    try await call("GET", path, token: tenant.token, headers: headers)
  }

  func post(
    _ path: String, _ tenant: TestTenant, _ json: JSON, headers: [String: String] = [:]
  ) async throws -> TestAnswer {
    try await call("POST", path, token: tenant.token, json: json, headers: headers)
  }
}
