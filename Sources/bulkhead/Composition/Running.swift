import BulkheadAudit
import BulkheadCore
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the services of a process until a signal ends them.
enum Running {
  /// - Parameter ready: called once, with the application and the bound port (0 without an API).
  static func run(
    _ cluster: Cluster, _ options: DatabaseOptions, api: ListenOptions?, worker: Bool, hostSuffix: String?,
    accessLog: Bool, limits: Platform.Limits = Platform.Limits(),
    prepare: @Sendable (Application) async throws -> Void = { _ in },
    ready: @escaping @Sendable (Application, Int) async throws -> Void
  ) async throws {
    let watch = LeakWatch(
      marks: CanaryMarks(master: cluster.master), ledger: AuditLedger(clock: SystemClock()),
      logger: Logs.make("bulkhead.canary"))
    let logger = Logs.make("bulkhead", watch: watch)
    try await cluster.check(options)
    let platform = try await Platform.open(cluster, limits: limits, watch: watch, logger: logger)
    try await platform.furnish()
    let client = HTTPTransport.makeClient()
    let egress = EgressRule(listeningOn: api?.resolvedHost, environment: ProcessInfo.processInfo.environment)
    let outcome: Result<Void, any Error>
    do {
      let modules = Modules(
        platform, transport: HTTPTransport(client: client, egress: egress), mail: SMTPTransport(egress: egress))
      let application = try Application(
        platform, modules: modules, options: options, hostSuffix: hostSuffix, proxies: api?.proxies ?? .none,
        accessLog: accessLog)
      try await application.prepare()
      try await prepare(application)
      outcome = .success(try await serve(application, api: api, worker: worker, logger: logger, ready: ready))
    } catch {
      outcome = .failure(error)
    }
    // A client that is dropped while it is open ends the process, and no error would be told.
    try? await client.shutdown()
    platform.close()
    try outcome.get()
  }

  private static func serve(
    _ application: Application, api: ListenOptions?, worker: Bool, logger: Logger,
    ready: @escaping @Sendable (Application, Int) async throws -> Void
  ) async throws {
    var services: [any Service] = []
    if let api {
      var server = HTTPServerOptions()
      server.host = api.resolvedHost
      server.port = api.resolvedPort
      services += application.apiServices(server) { port in
        Task { try await ready(application, port) }
      }
    } else {
      services.append(UpkeepService(platform: application.platform, verifier: application.verifier))
      services.append(LedgerService(platform: application.platform))
    }
    if worker { services += try application.workServices() }
    if api == nil { try await ready(application, 0) }
    let group = ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
