import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import BulkheadWork
import Distribution
import Logging
import ServiceLifecycle

/// API and worker of one process, made of one platform.
struct Application: Sendable {
  /// What tests may replace to take one wall away.
  struct Seams: Sendable {
    var requestWalls = RequestWalls.all
    var tokenChecks = TokenChecks.all
    /// Stands between the handlers, of requests and of jobs, and the data path.
    var sessions: @Sendable (any SessionSource) -> any SessionSource = { $0 }
    var passwordCost = ScryptCost.standard
    init() {}
  }

  let platform: Platform
  let modules: Modules
  let verifier: TokenVerifier
  let administration: AdministrationServices
  let api: API
  let relaySignal: RelaySignal
  let sessions: any SessionSource

  init(
    _ platform: Platform, modules: Modules, options: DatabaseOptions?, hostSuffix: String?, seams: Seams = Seams(),
    proxies: TrustedProxies = .none, accessLog: Bool
  ) throws {
    let ambient = platform.ambient
    let verifier = TokenVerifier(ring: platform.ring, clock: ambient.clock, checks: seams.tokenChecks)
    let relaySignal = RelaySignal()
    let watch = platform.watch
    let sessions = seams.sessions(
      WatchedSessions(
        source: SignallingSessions(path: platform.path, registry: platform.registry, signal: relaySignal),
        watch: watch))
    let administration = AdministrationServices(
      accounts: platform.accounts(passwords: Passwords(cost: seams.passwordCost)),
      serviceTokens: platform.serviceTokens,
      ring: platform.ring, verifier: verifier,
      roles: platform.roles, signingKeys: platform.signingKeys, audit: AuditTrail(ambient: ambient),
      intents: platform.intents, platform: platform,
      provisioner: options.map { platform.provisioner($0) }, files: FileRoutes(modules.routes))
    var configuration = APIConfiguration(
      version: "1", routes: administration.routes + modules.routes,
      authenticator: TokenAuthenticator(verifier: verifier),
      directory: RegistryDirectory(registry: platform.registry), sessions: sessions)
    configuration.hosts = hostSuffix.map { SubdomainHosts(suffix: $0) }
    configuration.walls = seams.requestWalls
    configuration.metrics = watch.metrics
    configuration.proxies = proxies
    if watch.checks.contains(.answers) {
      configuration.inspector = { tenant, bytes throws(Refusal) in
        try watch.inspect(bytes, at: .answer, for: tenant)
      }
    }
    configuration.refusals = { [ledger = platform.ledger] context, code, route in
      ledger.note(
        AuditLedger.Kind(
          tenant: context.tenant, act: .accessRefused, actor: context.actor, subject: "route",
          detail: ["code": code.name, "route": "\(route.method.rawValue) \(route.path)"]))
    }
    configuration.vault = SealedAnswers(master: platform.cluster.master, clock: ambient.clock)
    configuration.ambient = ambient
    configuration.logger = platform.logger
    if !accessLog { configuration.accessLog = nil }
    Gauges.register(configuration.metrics, platform)
    configuration.readiness.register("control database") {
      _ = try await platform.control.run("SELECT 1", [])
    }
    self.platform = platform
    self.modules = modules
    self.verifier = verifier
    self.administration = administration
    self.api = try API(configuration)
    self.relaySignal = relaySignal
    self.sessions = sessions
  }

  /// Must be called once before the first request: until then every token is refused.
  func prepare() async throws {
    try await verifier.refresh(from: platform.revocations)
    try await platform.knowTenants()
  }

  /// The API with its upkeep.
  func apiServices(_ options: HTTPServerOptions, onBound: @escaping @Sendable (Int) -> Void) -> [any Service] {
    [
      UpkeepService(platform: platform, verifier: verifier),
      LedgerService(platform: platform),
      HTTPServer(api, options: options, logger: platform.logger, onBound: onBound),
    ]
  }

  /// The relay and the worker.
  func workServices() throws -> [any Service] {
    let queue = PostgresJobQueue(control: platform.control)
    let jobs = WakeSignal()
    let homes = OutboxHomes(platform)
    let runner = try JobRunner(
      opener: TenantEnvelopeOpener(master: platform.cluster.master, clock: platform.ambient.clock) { topic in
        modules.jobPermissions(topic)
      },
      tenants: { [sessions] context in Tenant(context, source: sessions) }, handlers: modules.jobHandlers)
    return [
      OutboxRelay(
        sources: { try await homes.sources() }, queue: queue, signal: relaySignal, jobs: jobs,
        ambient: platform.ambient, logger: platform.logger),
      Worker(queue: queue, runner: runner, signal: jobs, ambient: platform.ambient, logger: platform.logger),
      RetentionService(retention: platform.retention(), logger: platform.logger),
    ]
  }
}

/// What goes on beside the requests: deadlines of waits, idle connections, revocations of other processes.
struct UpkeepService: Service {
  let platform: Platform
  let verifier: TokenVerifier

  /// Services are stopped in the reverse of their order, and this one is the first: it outlives the requests.
  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await platform.path.run() }
        group.addTask { await keepUp() }
        await group.waitForAll()
      }
    }
  }

  /// How long a tenant made elsewhere may be unknown to the watch.
  private static let tenantsInterval: Duration = .seconds(30)

  private func keepUp() async {
    var tenantsDue = ContinuousClock.now + Self.tenantsInterval
    while !Task.isCancelled {
      platform.control.expire(now: .now)
      do {
        try await verifier.refresh(from: platform.revocations)
      } catch {
        platform.logger.warning(
          "revocations could not be read", metadata: ["error": "\(String(reflecting: error))"])
      }
      if ContinuousClock.now >= tenantsDue {
        tenantsDue = .now + Self.tenantsInterval
        do {
          try await platform.knowTenants()
        } catch {
          platform.logger.warning(
            "the tenants could not be read", metadata: ["error": "\(String(reflecting: error))"])
        }
      }
      try? await Task.sleep(for: .seconds(1))
    }
  }
}

/// What the platform tells Prometheus about itself. No tenant is ever a label.
enum Gauges {
  static func register(_ metrics: Metrics, _ platform: Platform) {
    metrics.gauge("bulkhead_leases_in_use", "Database leases lent at the moment.") {
      Double(platform.path.leaseUsage.inUse)
    }
    metrics.gauge("bulkhead_leases_waiting", "Requests that wait for a lease.") {
      Double(platform.path.leaseUsage.waiting)
    }
    metrics.gauge("bulkhead_connections_open", "Connections to PostgreSQL, idle ones included.") {
      Double(platform.path.openConnections)
    }
  }
}
