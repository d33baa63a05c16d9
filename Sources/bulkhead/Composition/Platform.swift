import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadKeys
import BulkheadLifecycle
import BulkheadWork
import Distribution
import Logging

/// The platform, wired: everything that API, worker and command line share.
struct Platform: Sendable {
  /// Bounds that an operator may set.
  struct Limits: Sendable {
    var leases = LeaseLimits()
    var pool = PoolLimits()
    var path = DataPath.Limits()
  }

  let cluster: Cluster
  let ambient: Ambient
  let logger: Logger
  let pool: ConnectionPool
  let control: ControlDatabase
  let registry: TenantRegistry
  let path: DataPath
  let keyStore: ControlSigningKeyStore
  let ring: KeyRing
  let revocations: ControlRevocationStore
  let passes: OperatorPasses
  let identity: PlatformIdentity
  let sealer: TenantEnvelopeSealer
  let roles: Roles
  let ledger: AuditLedger
  let watch: LeakWatch

  /// What tests may replace to take one wall away.
  struct Seams: Sendable {
    var guardRules = GuardRules.all
    var leakChecks = LeakChecks.all
    init() {}
  }

  /// - Parameter watch: the process's own, when there is one already; its logs are watched by it too.
  static func open(
    _ cluster: Cluster, ambient: Ambient = Ambient(), limits: Limits = Limits(), seams: Seams = Seams(),
    watch: LeakWatch? = nil, logger: Logger
  ) async throws -> Platform {
    let watch =
      watch
      ?? LeakWatch(
        marks: CanaryMarks(master: cluster.master), ledger: AuditLedger(clock: ambient.clock),
        checks: seams.leakChecks, logger: logger)
    let directory = CellDirectory()
    for cell in [cluster.cells.main, cluster.cells.dedicated] { directory.set(cell.address, for: cell.cell) }
    let pool = ConnectionPool(
      limits: limits.pool, reactor: cluster.reactor, cells: directory, credentials: cluster.credentials)
    let control = ControlDatabase(pool: pool, cell: cluster.cells.main.cell)
    let registry = TenantRegistry(control: control)
    let catalog = try await CatalogReader.read(pool, cell: cluster.cells.main.cell)
    let path = DataPath(
      registry: registry, statementGuard: StatementGuard(catalog: catalog, rules: seams.guardRules),
      leases: FairLeases(limits: limits.leases), pool: pool, credentials: cluster.credentials, clock: ambient.clock,
      limits: limits.path, logger: logger)
    let keyStore = ControlSigningKeyStore(control: control)
    let ring = KeyRing(store: keyStore, sealer: SecretSealer(master: cluster.master), ambient: ambient)
    let roles = Roles(PlatformPermissions.tenantRoles)
    let passes = OperatorPasses(master: cluster.master, ambient: ambient)
    return Platform(
      cluster: cluster, ambient: ambient, logger: logger, pool: pool, control: control, registry: registry, path: path,
      keyStore: keyStore, ring: ring, revocations: ControlRevocationStore(control: control), passes: passes,
      identity: PlatformIdentity(ring: ring, passes: passes, permissions: roles.all),
      sealer: TenantEnvelopeSealer(master: cluster.master, clock: ambient.clock), roles: roles, ledger: watch.ledger,
      watch: watch)
  }

  /// The operator who holds this process's master key.
  var operatorActor: Actor { Actor(kind: .operator, id: passes.operatorID) }

  /// What the platform needs before its first tenant: the cells in the registry, its org node and its signing key.
  func furnish() async throws {
    for cell in Set([cluster.cells.main.cell, cluster.cells.dedicated.cell]) {
      let address = try cluster.cells.admin(of: cell).address
      _ = try await control.run(
        """
        INSERT INTO control.cell (name, host, port) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET host = excluded.host, port = excluded.port
        """, [.text(cell), .text(address.host), .int(Int64(address.port))])
    }
    _ = try await OrgTree(control: control, ambient: ambient).platform()
    try await identity.ensurePlatformKey()
    try await path.keeper.seed(cell: cluster.cells.main.cell, database: Installation.cellDatabase)
  }

  func provisioner(_ options: DatabaseOptions) -> Provisioner {
    Provisioner(
      control: control, registry: registry, cells: cluster.cells, installation: cluster.installation(options),
      identity: identity, path: path, ambient: ambient,
      hooks: [])
  }

  /// The tenant that `name`, a slug or an id, stands for.
  func tenant(named name: String) async throws -> TenantRecord {
    let record =
      if let id = TenantID(name) { try await registry.tenant(id) } else { try await registry.tenant(slug: name) }
    guard let record else { throw Refusal(.notFound, "There is no tenant \(name).") }
    return record
  }

  /// The operator's own handle on one tenant's data. Every use leaves an entry in that tenant's audit trail.
  func operatorTenant(_ record: TenantRecord, reason: String) async throws -> Tenant {
    let tenant = path.tenant(try await identity.operatorContext(for: record.id, actor: operatorActor))
    let entry = AuditTrail(ambient: ambient).query(
      "operator.entered", subject: "tenant:\(record.id)", detail: ["reason": .string(reason)], context: tenant.context)
    try await tenant.transaction { transaction in try transaction.enqueue(entry) }
    return tenant
  }

  func close() { pool.close() }
}
