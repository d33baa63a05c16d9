import AsyncHTTPClient
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import Distribution
import Logging
import NIOCore
import ServiceLifecycle

/// A tenant of a battlefield: its record and a token with everything that an administrator may do.
struct FieldTenant: Sendable {
  let record: TenantRecord
  let token: String

  var id: TenantID { record.id }
  var slug: String { record.slug }
  var tier: Tier { record.placement.tier }
}

/// A running system on a deployment: real HTTP over real PostgreSQL, whole or without some walls.
final class Stand: Sendable {
  /// Hosts below it name tenants.
  static let hostSuffix = "bulkhead.test"

  let application: Application
  let url: String
  private let client: HTTPClient
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  var platform: Platform { application.platform }

  private init(
    _ application: Application, url: String, client: HTTPClient, group: ServiceGroup, task: Task<Void, any Error>
  ) {
    self.application = application
    self.url = url
    self.client = client
    self.group = group
    self.task = task
  }

  /// - Parameter works: whether jobs are done too, besides requests.
  static func start(_ cluster: Cluster, _ options: DatabaseOptions, without: Without, works: Bool = false) async throws
    -> Stand
  {
    var logger = Logger(label: "attack")
    // What attacks provoke is in the report; the log would only repeat it.
    logger.logLevel = .critical
    var limits = Platform.Limits()
    // Many systems stand on one server, each without another wall.
    limits.pool.openMax = 16
    limits.pool.idleMax = .seconds(2)
    let platform = try await Platform.open(cluster, limits: limits, seams: without.platformSeams, logger: logger)
    let client = HTTPTransport.makeClient()
    let egress = EgressRule(allowsInside: true)
    let modules = Modules(
      platform, transport: HTTPTransport(client: client, egress: egress), mail: SMTPTransport(egress: egress))
    let application = try Application(
      platform, modules: modules, options: options, hostSuffix: hostSuffix, seams: without.applicationSeams,
      accessLog: false)
    try await application.prepare()
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    var server = HTTPServerOptions()
    server.port = 0
    server.shutdownGrace = .seconds(2)
    var services = application.apiServices(server) { continuation.yield($0) }
    if works { services += try application.workServices() }
    let group = ServiceGroup(services: services, logger: logger)
    let task = Task { try await group.run() }
    var port = 0
    for await bound in ports {
      port = bound
      break
    }
    return Stand(application, url: "http://127.0.0.1:\(port)", client: client, group: group, task: task)
  }

  func stop() async {
    await group.triggerGracefulShutdown()
    _ = try? await task.value
    try? await client.shutdown()
    platform.close()
  }
}

extension Stand {
  func call(
    _ method: String, _ path: String, token: String? = nil, json: JSON? = nil, bytes: [UInt8]? = nil,
    headers: [String: String] = [:]
  ) async throws -> Reply {
    try await client.ask(method, url + path, token: token, json: json, bytes: bytes, headers: headers)
  }

  func get(_ path: String, _ tenant: FieldTenant, headers: [String: String] = [:]) async throws -> Reply {
    try await call("GET", path, token: tenant.token, headers: headers)
  }

  func post(
    _ path: String, _ tenant: FieldTenant, _ json: JSON, headers: [String: String] = [:]
  ) async throws -> Reply {
    try await call("POST", path, token: tenant.token, json: json, headers: headers)
  }

  func token(_ record: TenantRecord, actor: Actor? = nil, permissions: PermissionSet? = nil) async throws -> String {
    try await platform.trialToken(for: record, actor: actor, permissions: permissions)
  }
}

extension Platform {
  /// A token of a service with everything that an administrator may do, or with `permissions`; on no record.
  func trialToken(
    for record: TenantRecord, actor: Actor? = nil, permissions: PermissionSet? = nil,
    lifetime: Duration = .seconds(3600)
  ) async throws -> String {
    let issuer = TokenIssuer(ring: ring, ambient: ambient)
    let token = try await issuer.issue(
      tenant: record.id, actor: actor ?? Actor(kind: .service, id: ambient.makeID()),
      permissions: permissions ?? roles.all, lifetime: lifetime)
    return token.text.withValue { $0 }
  }
}
