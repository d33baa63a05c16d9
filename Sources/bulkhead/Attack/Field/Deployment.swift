import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Distribution
import Foundation

/// A private PostgreSQL in a temporary folder with an installation on it, and the systems that run there. Removed when
/// stopped.
actor Deployment {
  /// Variables that would lead to another database or another master key than the deployment's own.
  private static let leads = [
    "BULKHEAD_DATABASE_URL", "BULKHEAD_DEDICATED_URL", "BULKHEAD_MASTER_KEY", "BULKHEAD_MASTER_KEY_FILE", "PGHOST",
    "PGSERVICE", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGOPTIONS", "PGPASSFILE",
  ]

  nonisolated let cluster: Cluster
  nonisolated let folder: URL
  private let options: DatabaseOptions
  private var stands: [Without: Stand] = [:]
  private var duels: [Tier: Duel] = [:]
  private var openCatalogsOf: Set<String> = []

  private init(_ cluster: Cluster, _ options: DatabaseOptions) {
    self.cluster = cluster
    self.options = options
    self.folder = options.folder
  }

  /// Starts an empty one. `name` tells it from others of this process.
  static func start(_ name: String) async throws -> Deployment {
    for variable in leads { unsetenv(variable) }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-attack-\(getpid())-\(name)")
    let options = try DatabaseOptions.parse(["--data", folder.path])
    Remains.add(folder)
    let cluster = try Cluster.open(options, creates: true)
    try await cluster.forgoDurability()
    try await cluster.install(options) { _ in }
    let platform = try await Platform.open(cluster, logger: Logs.quiet)
    try await platform.furnish()
    platform.close()
    return Deployment(cluster, options)
  }

  /// Takes the lock-down of the catalogs away in `database`: it stands behind many other walls, and a control shows
  /// what gets through when those are gone.
  func openCatalogs(in database: String) async throws {
    for schema in ["pg_catalog", "information_schema"] {
      try await administer("GRANT USAGE ON SCHEMA \(schema) TO PUBLIC", in: database)
      try await administer("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA \(schema) TO PUBLIC", in: database)
      try await administer("GRANT SELECT ON ALL TABLES IN SCHEMA \(schema) TO PUBLIC", in: database)
    }
  }

  /// The system that lacks `without`; started when it is first asked for.
  func stand(_ without: Without = Without()) async throws -> Stand {
    if let stand = stands[without] { return stand }
    let stand = try await Stand.start(cluster, options, without: without)
    stands[without] = stand
    return stand
  }

  /// The whole system, which does jobs too. It must be the only one of the deployment that serves the same tenants.
  func workingStand() async throws -> Stand {
    let stand = try await Stand.start(cluster, options, without: Without(), works: true)
    stands[Without()] = stand
    return stand
  }

  /// Attacker and victim of `tier`; made when they are first asked for.
  func duel(_ tier: Tier) async throws -> Duel {
    if let duel = duels[tier] { return duel }
    let stand = try await stand()
    let attacker = try await Side(tenant(tier, on: stand), stand)
    let victim = try await Side(tenant(tier, on: stand), stand)
    let duel = Duel(tier: tier, attacker: attacker, victim: victim)
    duels[tier] = duel
    return duel
  }

  /// The next `duel` of this tier is fought by new tenants.
  func renew(_ tier: Tier) { duels[tier] = nil }

  func battlefield(_ tier: Tier, without: Without = Without(), isControl: Bool) async throws -> Battlefield {
    let duel = try await duel(tier)
    if isControl {
      for database in Set([duel.attacker, duel.victim].map(\.tenant.record.placement.database))
      where openCatalogsOf.insert(database).inserted {
        try await openCatalogs(in: database)
      }
    }
    return Battlefield(deployment: self, stand: try await stand(without), duel: duel, isControl: isControl)
  }

  /// A fresh tenant with the demonstration company in it.
  func tenant(_ tier: Tier, on stand: Stand) async throws -> FieldTenant {
    let platform = stand.platform
    let slug = "t-\(tier.rawValue)-\(SystemRandom().bytes(5).map { String($0, radix: 16) }.joined())"
    let record = try await platform.provisioner(options).create(
      TenantRequest(slug: slug, name: "Field \(tier.rawValue)", tier: tier), actor: platform.operatorActor)
    let tenant = try await platform.operatorTenant(record, reason: "battlefield")
    try await DemoCompany.seed(in: tenant, stand.application.modules.services)
    return FieldTenant(record: record, token: try await stand.token(record))
  }

  /// Runs `sql` as the administrator.
  @discardableResult
  nonisolated func administer(_ sql: String, in database: String) async throws -> Rows {
    try await cluster.cells.main.connected(to: database) { connection in try await connection.script(sql) }
  }

  /// The same with each statement by itself: some cannot share a transaction. All are tried; the first failure counts.
  nonisolated func administer(_ statements: [String], in database: String) async throws {
    let failure = try await cluster.cells.main.connected(to: database) { connection -> PostgresError? in
      var first: PostgresError?
      for statement in statements {
        do throws(PostgresError) { try await connection.script(statement) } catch { first = first ?? error }
      }
      return first
    }
    if let failure { throw failure }
  }

  func stop() async {
    for stand in stands.values { await stand.stop() }
    stands = [:]
    Remains.remove(folder)
  }
}

extension Deployment {
  /// Every system of this deployment asks the registry anew about `tenant`.
  func forget(_ tenant: TenantID) {
    for stand in stands.values { stand.platform.registry.forget(tenant) }
  }
}

extension Cluster {
  /// For servers of which nothing has to survive a power cut: they do not wait for the disk.
  func forgoDurability() async throws {
    try await cells.main.connected { connection in
      for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        try await connection.script("ALTER SYSTEM SET \(setting) = off")
      }
      try await connection.script("SELECT pg_reload_conf()")
    }
  }
}
