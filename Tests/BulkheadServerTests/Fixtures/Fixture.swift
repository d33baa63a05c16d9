import BulkheadCore
import BulkheadData
import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization

@testable import BulkheadServer

/// Two tenants with the same orders, a suspended one and one that is still being made.
enum World {
  static let clock = FixedClock()
  static func id(_ number: UInt64) -> EntityID { EntityID(high: 0x0190_0000_0000_7000, low: number) }
  static let a = TenantID(id(0xA))
  static let b = TenantID(id(0xB))
  static let suspended = TenantID(id(0xC))
  static let provisioning = TenantID(id(0xD))
  static let order = id(0x0111)

  static func context(_ tenant: TenantID, _ permissions: [Permission], actor: UInt64 = 1) -> TenantContext {
    TenantContext(
      verified: tenant, actor: Actor(kind: .user, id: id(actor)), permissions: PermissionSet(permissions),
      credential: id(0x77), expiresAt: Instant(seconds: 2_000_000_000))
  }
}

struct FixedClock: WallClock {
  func now() -> Instant { Instant(seconds: 1_800_000_000) }
}

/// Tokens by name. A token that is none throws one of the refusals that a verifier would.
struct NamedTokens: Authenticator {
  static let all: [Permission] = ["orders.read", "orders.write"]

  func tenantContext(token: String) async throws -> TenantContext {
    switch token {
    case "a": World.context(World.a, Self.all)
    case "a2": World.context(World.a, Self.all, actor: 2)
    case "b": World.context(World.b, Self.all)
    case "a-read": World.context(World.a, ["orders.read"])
    case "suspended": World.context(World.suspended, Self.all)
    case "provisioning": World.context(World.provisioning, Self.all)
    case "unknown-tenant": World.context(TenantID(World.id(0xEE)), Self.all)
    case "expired":
      TenantContext(
        verified: World.a, actor: Actor(kind: .user, id: World.id(1)), permissions: PermissionSet(Self.all),
        credential: World.id(0x77), expiresAt: World.clock.now())
    default: throw Refusal(RefusalCode("token.signature", .unauthenticated), "The signature of kid 7 is wrong.")
    }
  }

  func platformActor(token: String) async throws -> (Actor, PermissionSet) {
    guard token == "operator" else {
      throw Refusal(RefusalCode("token.notOperator", .unauthenticated), "No operator.")
    }
    return (Actor(kind: .operator, id: World.id(9)), PermissionSet(["tenants.read", "metrics.read"] as [Permission]))
  }
}

struct NamedTenants: TenantDirectory {
  func entry(of tenant: TenantID) async throws -> TenantEntry? {
    switch tenant {
    case World.a: TenantEntry(slug: "alpha", status: .active)
    case World.b: TenantEntry(slug: "beta", status: .active)
    case World.suspended: TenantEntry(slug: "gamma", status: .suspended)
    case World.provisioning: TenantEntry(slug: "delta", status: .provisioning)
    default: nil
    }
  }
}

/// Lines written, for tests to read.
final class CollectedLines: LogSink {
  private let lines = Mutex<[String]>([])
  func write(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
  var all: [String] { lines.withLock { $0 } }
}

/// A server on a port that the system chose, with everything a test may want to look at.
struct Fixture: Sendable {
  let port: Int
  let sessions: FakeSessions
  let lines: CollectedLines
  let api: API
  let entered: Signal
  let release: Signal
  let shutDown: @Sendable () async -> Void

  static func run(
    routes: [Route] = [], options: HTTPServerOptions = HTTPServerOptions(),
    _ change: (inout APIConfiguration) -> Void = { _ in },
    _ body: @Sendable (Fixture) async throws -> Void
  ) async throws {
    let sessions = FakeSessions()
    let lines = CollectedLines()
    let entered = Signal()
    let release = Signal()
    var configuration = APIConfiguration(
      version: "1", routes: TestRoutes.all(entered: entered, release: release) + routes,
      authenticator: NamedTokens(), directory: NamedTenants(), sessions: sessions)
    configuration.accessLog = AccessLog(sink: lines)
    configuration.logger = Logger(label: "test") { JSONLogHandler(label: $0, level: .debug, sink: lines) }
    configuration.ambient = Ambient(clock: World.clock, random: SeededRandom(seed: 7))
    change(&configuration)
    let api = try API(configuration)
    var options = options
    options.port = 0
    let (ports, bound) = AsyncStream.makeStream(of: Int.self)
    let server = HTTPServer(
      api, options: options, logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() },
      onBound: { bound.yield($0) })
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [ServiceGroupConfiguration.ServiceConfiguration(service: server)],
        logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      guard let port = await iterator.next() else { return }
      let fixture = Fixture(
        port: port, sessions: sessions, lines: lines, api: api, entered: entered, release: release,
        shutDown: { await group.triggerGracefulShutdown() })
      let outcome: Result<Void, any Error>
      do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
      release.open()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try outcome.get()
    }
  }

  /// Sends one request on a connection of its own.
  func send(
    _ method: String, _ path: String, token: String? = "a", _ fields: [(String, String)] = [],
    body: String? = nil, type: String? = "application/json"
  ) async throws -> RawResponse {
    let text = Self.text(method, path, token: token, fields, body: body, type: type)
    return try await raw(text, hasBody: method != "HEAD")
  }

  static func text(
    _ method: String, _ path: String, token: String? = "a", _ fields: [(String, String)] = [],
    body: String? = nil, type: String? = "application/json"
  ) -> String {
    var lines = ["\(method) \(path) HTTP/1.1"]
    if !fields.contains(where: { $0.0 == "Host" }) { lines.append("Host: localhost") }
    if let token { lines.append("Authorization: Bearer \(token)") }
    for (name, value) in fields { lines.append("\(name): \(value)") }
    if let body {
      if let type { lines.append("Content-Type: \(type)") }
      lines.append("Content-Length: \(body.utf8.count)")
    }
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
  }

  func raw(_ text: String, hasBody: Bool = true) async throws -> RawResponse {
    try await RawConnection.open(port) { connection in
      try await connection.send(text)
      guard let response = try await connection.receive(hasBody: hasBody) else { throw NoAnswer() }
      return response
    }
  }

  struct NoAnswer: Error {}
}
