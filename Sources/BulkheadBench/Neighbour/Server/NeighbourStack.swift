import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import BulkheadServer
import BulkheadWork
import Logging
import ServiceLifecycle

/// Everything below the handlers, for one control.
struct NeighbourStack: Sendable {
  /// Connections that are ready where nothing bounds how many are in use: more than there ever are requests.
  static let bareConnections = 100
  /// Connections of clients that each of pgbouncer's two doors is given.
  static let poolerClients = 80

  let ambient = Ambient()
  let sessions: any SessionSource
  let directory: any TenantDirectory
  let upkeep: StackUpkeep
  let workSwitch: Route

  init(_ control: Control, _ database: BenchDatabase, poolerPort: Int, logger: Logger) async throws {
    let credentials = PlatformCredentials(master: database.master)
    let cells = CellDirectory()
    cells.set(CellAddress(host: database.socket, port: database.port), for: BenchDatabase.cell)
    let pool = ConnectionPool(reactor: database.reactor, cells: cells, credentials: credentials, logger: logger)
    let records = ControlDatabase(pool: pool, cell: BenchDatabase.cell)
    let registry = TenantRegistry(control: records)
    let path = DataPath(
      registry: registry,
      statementGuard: StatementGuard(
        catalog: GuardCatalog(
          tables: Dictionary(uniqueKeysWithValues: NeighbourTables.tables.map { ($0, .tenant) }))),
      leases: control == .bulkhead ? FairLeases() : ArrivalLeases(total: LeaseLimits().totalMax), pool: pool,
      credentials: credentials, clock: ambient.clock, logger: logger)
    upkeep = StackUpkeep(path: path, records: records)
    switch control {
    case .bulkhead, .arrival, .fifo:
      try await path.keeper.seed(cell: BenchDatabase.cell, database: BenchDatabase.name)
      sessions = path
      directory = KnownTenants(registry: registry)
    case .uncontrolled:
      let all = NaivePool(try await database.administrators(Self.bareConnections))
      sessions = BareSessions(flooder: all, others: all, prepares: true)
      directory = AnyTenant()
    case .pgbouncer:
      let flooder = try await database.pooled(Pooler.flooderDatabase, poolerPort, Self.poolerClients)
      let others = try await database.pooled(Pooler.othersDatabase, poolerPort, Self.poolerClients)
      sessions = BareSessions(flooder: NaivePool(flooder), others: NaivePool(others), prepares: false)
      directory = AnyTenant()
    }
    workSwitch =
      WorkSwitch(
        control, sessions: sessions, records: records, master: database.master, ambient: ambient, logger: logger
      ).route
  }
}

/// What the product's process does beside its requests.
struct StackUpkeep: Service {
  let path: DataPath
  let records: ControlDatabase

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await path.run() }
        group.addTask {
          while !Task.isCancelled {
            records.expire(now: .now)
            try? await Task.sleep(for: .seconds(1))
          }
        }
        await group.waitForAll()
      }
    }
  }
}

/// The server's view of the registry.
struct KnownTenants: TenantDirectory {
  let registry: TenantRegistry

  func entry(of tenant: TenantID) async throws -> TenantEntry? {
    try await registry.tenant(tenant).map { TenantEntry(slug: $0.slug, status: $0.status, limits: $0.limits) }
  }
}

/// Without a registry everyone is known.
struct AnyTenant: TenantDirectory {
  func entry(of tenant: TenantID) async throws -> TenantEntry? { TenantEntry(slug: "any", status: .active) }
}

extension BenchDatabase {
  /// Connections through pgbouncer.
  func pooled(_ door: String, _ port: Int, _ count: Int) async throws -> [PostgresConnection] {
    var connections: [PostgresConnection] = []
    for _ in 0..<count {
      connections.append(
        try await PostgresConnection.connect(
          [("host", "127.0.0.1"), ("port", String(port)), ("dbname", door), ("user", Self.administrator)],
          reactor: reactor, deadline: .now + .seconds(10)))
    }
    return connections
  }
}
