import BulkheadCore
import Distribution
import Foundation
import Glibc
import Synchronization
import Testing

@testable import bulkhead

@Suite("Alerts and what is told to the outside")
struct NotificationTests {
  @Test("stock that is low or below zero is raised once, acknowledged, and resolved by itself; its cost follows")
  func alerts() async throws {
    try await TestSystem.run { system in
      let tenants = try await system.tenantOfEachTier()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for tenant in tenants { group.addTask { try await Self.oversell(try await Till.open(system, tenant)) } }
        try await group.waitForAll()
      }
      for tenant in tenants { #expect(try await system.brokenInvariants(tenant) == []) }
    }
  }

  private static func oversell(_ till: Till) async throws {
    let floor = till.floor
    let soda = try await till.product("SODA", price: "2.00")
    let buyer = Buyer(system: floor.system, tenant: floor.tenant)
    try await floor.post(
      "/v1/reorder-policies",
      [
        "productId": .string(soda), "warehouseId": try await buyer.warehouse, "method": "order_up_to",
        "reorderPoint": 2, "target": 20,
      ], expecting: 201)
    // 3 are sold that were never there: 6.00, taxed 0.30 and 0.18.
    try await floor.post(
      "/v1/pos/orders", till.order(1, [Till.line("SODA", 3)], [Till.pay("card", "6.48")]), expecting: 201)
    #expect(try await till.balance("cogs") == 0)
    let look: JSON = ["productIds": [.string(soda)]]
    let raised = try await floor.post("/v1/alert-evaluations", look)
    #expect(raised["items"]?.array?.compactMap { $0["rule"]?.string }.sorted() == ["low_stock", "oversold"])
    #expect(try await floor.post("/v1/alert-evaluations", look) == raised, "once")
    let first = try floor.text(raised["items"]?[0]?["id"])
    let seen = try await floor.post("/v1/alerts/\(first)/acknowledge", ["note": "On its way"])
    #expect(seen["state"]?.string == "acknowledged")
    let twice = try await floor.system.post("/v1/alerts/\(first)/acknowledge", floor.tenant, [:])
    #expect(twice.code == "alert.wrongState")
    // 10 come at 0.50: the three that are gone cost 1.50.
    try await till.stock("SODA", 10, at: "0.50", lot: nil)
    let back = try await floor.post("/v1/alert-evaluations", look)
    #expect(back["items"]?.array?.isEmpty == true, "\(back)")
    #expect(try await till.balance("cogs") == 150)
    #expect(try await till.balance("inventory") == 31_000 + 350)
    try await floor.post("/v1/alert-evaluations", look)
    #expect(try await till.balance("cogs") == 150, "once")
    let all = try await floor.get("/v1/alerts?state=resolved")
    #expect(all["items"]?.array?.count == 2)
  }

  private static let secrets = [
    "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU=",
  ]

  @Test("a message is signed as the standard's own example")
  func vector() throws {
    let key = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    let signature = WebhookSignature.sign(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8),
      secret: Array(key))
    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test("two tenants with the same endpoint and ids: each message is signed by its own secret and by no other")
  func signatures() async throws {
    let listener = try WebhookListener()
    defer { listener.stop() }
    try await TestSystem.run(worker: true) { system in
      let tenants = [try await system.tenant(.pooled), try await system.tenant(.pooled)]
      for (tenant, secret) in zip(tenants, Self.secrets) {
        try await Self.subscribe(Floor(system: system, tenant: tenant), listener.url, secret)
      }
      for tenant in tenants { _ = try await Floor(system: system, tenant: tenant).order(10, po: "4500000042") }
      let messages = try await listener.messages(2)
      let subjects = Set(messages.compactMap { $0.body["subject"]?.string })
      #expect(subjects.count == 1 && subjects.first?.hasPrefix("Corner SO-") == true, "the same words in both")
      #expect(messages.allSatisfy { $0.body["text"]?.string == "4500000042: 112.50" })
      let signers = messages.map { message in
        Self.secrets.indices.filter { message.isSigned(by: Self.secrets[$0]) }
      }
      #expect(signers.sorted { $0.lexicographicallyPrecedes($1) } == [[0], [1]])
      for tenant in tenants {
        try await Self.wait { try await system.get("/v1/notifications?state=sent", tenant).json["items"]?[0] != nil }
        let sent = try await system.get("/v1/notifications", tenant)
        #expect(sent.json["items"]?.array?.count == 1, "\(sent.text)")
      }
    }
  }

  @Test("an endpoint that says no is asked once; the message waits until somebody sends it again")
  func refused() async throws {
    try await TestSystem.run(worker: true) { system in
      let floor = Floor(system: system, tenant: try await system.tenant(.schema))
      // This very API takes no messages at that address: 405.
      try await Self.subscribe(floor, "\(system.url)/healthz", Self.secrets[0])
      _ = try await floor.order(1)
      try await Self.wait { try await floor.get("/v1/notifications?state=failed")["items"]?[0] != nil }
      let failed = try await floor.get("/v1/notifications")["items"]?[0]
      #expect(failed?["error"]?.string == "The endpoint answered 405." && failed?["attempts"]?.int == 1)
      try await floor.act("/v1/notifications/\(try floor.text(failed?["id"]))/retry")
    }
  }

  private static func subscribe(_ floor: Floor, _ url: String, _ secret: String) async throws {
    _ = try await floor.system.call(
      "PUT", "/v1/notification-settings", token: floor.tenant.token, json: ["brand": "Corner"])
    let endpoint = try await floor.post(
      "/v1/notification-endpoints", ["name": "Shop", "url": .string(url), "secret": .string(secret)], expecting: 201)
    #expect(endpoint["secret"] == nil)
    try await floor.post(
      "/v1/notification-subscriptions",
      [
        "endpointId": endpoint["id"] ?? .null, "event": "order.confirmed", "subject": "{{brand}} {{order.number}}",
        "text": "{{order.poNumber}}: {{order.total}}",
      ], expecting: 201)
  }

  /// Looks again until `condition` holds; the bound is for a machine that is very busy.
  static func wait(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
      guard ContinuousClock.now < deadline else {
        Issue.record("the worker did not get there")
        return
      }
      try await Task.sleep(for: .milliseconds(30))
    }
  }
}

/// A server that takes every message: one connection after the other, on loopback.
private final class WebhookListener: Sendable {
  struct Message: Sendable {
    let fields: [String: String]
    let text: String

    var body: JSON { (try? JSONParser.parse(text)) ?? .null }

    func isSigned(by secret: String) -> Bool {
      guard let id = fields["webhook-id"], let time = fields["webhook-timestamp"].flatMap({ Int64($0) }),
        let key = Data(base64Encoded: String(secret.dropFirst(6)))
      else { return false }
      return fields["webhook-signature"]
        == WebhookSignature.sign(id: id, timestamp: time, body: Array(text.utf8), secret: Array(key))
    }
  }

  struct NoSocket: Error {}

  let url: String
  private let socket: Int32
  private let received = Mutex<[Message]>([])

  init() throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard socket >= 0, bound else { throw NoSocket() }
    self.socket = socket
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/hook"
    let thread = Thread { [self] in while serve() {} }
    thread.start()
  }

  func stop() {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }

  /// The first `count` messages, when they are there.
  func messages(_ count: Int) async throws -> [Message] {
    try await NotificationTests.wait { self.received.withLock { $0.count >= count } }
    return received.withLock { $0 }
  }

  private func serve() -> Bool {
    let connection = accept(socket, nil, nil)
    guard connection >= 0 else { return false }
    defer { close(connection) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      if let message = Self.read(bytes) {
        received.withLock { $0.append(message) }
        let answer = Array("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".utf8)
        _ = write(connection, answer, answer.count)
        return true
      }
      let count = Glibc.read(connection, &buffer, buffer.count)
      guard count > 0 else { return true }
      bytes += buffer.prefix(count)
    }
  }

  /// A request that is there as a whole.
  private static func read(_ bytes: [UInt8]) -> Message? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    var fields: [String: String] = [:]
    for line in text[..<end.lowerBound].split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let body = String(text[end.upperBound...])
    guard body.utf8.count >= Int(fields["content-length"] ?? "") ?? 0 else { return nil }
    return Message(fields: fields, text: body)
  }
}
