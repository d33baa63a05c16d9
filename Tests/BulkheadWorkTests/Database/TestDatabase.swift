import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Synchronization

/// A database of one test, made from a template that the product's own migrations have built: as a cell with one pooled
/// schema, or as the control database.
struct TestDatabase: Sendable {
  enum Kind: String {
    case cell
    case control
  }

  static let schema = "pooled"

  private let name: String
  private let reactor: PostgresReactor
  private let socket: String

  init(_ kind: Kind) async throws {
    let templates = try await Templates.shared.ready()
    socket = templates.socket
    reactor = templates.reactor
    name = "\(kind.rawValue)_\(EntityID.make(at: SystemClock().now(), from: SystemRandom()).hex)"
    let admin = try await templates.connect(database: "postgres", role: "postgres")
    try await admin.simple("CREATE DATABASE \(name) TEMPLATE \(kind.rawValue)", deadline: nil)
    admin.close()
  }

  func connect(role: String) async throws -> PostgresConnection {
    try await Templates.connect(socket: socket, database: name, role: role, reactor: reactor)
  }

  /// Statements of `role`, each on a connection of its own.
  func queries(role: String) -> ConnectionQueries { ConnectionQueries(database: self, role: role) }

  /// What somebody with the rights of the machine can do: no trigger and no row security stops it.
  func tamper(_ sql: String) async throws {
    let connection = try await connect(role: "postgres")
    defer { connection.close() }
    try await connection.simple("SET session_replication_role = replica; \(sql)", deadline: nil)
  }

  /// The scoped handle of a tenant in the pooled schema.
  func tenant(_ id: TenantID) -> Tenant {
    let actor = Actor(kind: .user, id: EntityID(high: 7, low: 7))
    let context = TenantContext(
      verified: id, actor: actor, permissions: PermissionSet([]), credential: EntityID(high: 8, low: 8),
      expiresAt: Instant(seconds: 4_000_000_000))
    return Tenant(context, source: BoundConnections(database: self))
  }
}

/// Statements on connections that live for one statement.
struct ConnectionQueries: ControlQueries {
  let database: TestDatabase
  let role: String

  func run(_ sql: String, _ parameters: [SQLValue]) async throws -> Rows {
    try await runAll([(sql, parameters)])[0]
  }

  func runAll(_ statements: [(sql: String, parameters: [SQLValue])]) async throws -> [Rows] {
    let connection = try await database.connect(role: role)
    defer { connection.close() }
    do {
      return try await connection.roundTrip(
        statements.map { .prepared(text: $0.sql, parameters: $0.parameters) }, deadline: nil)
    } catch {
      throw DataError(error)
    }
  }
}

/// The templates of a test process, built once.
private actor Templates {
  struct Ready {
    let socket: String
    let reactor: PostgresReactor

    func connect(database: String, role: String) async throws -> PostgresConnection {
      try await Templates.connect(socket: socket, database: database, role: role, reactor: reactor)
    }
  }

  static let shared = Templates()
  private var building: Task<Ready, any Error>?

  func ready() async throws -> Ready {
    if let building { return try await building.value }
    let task = Task { try await Templates.build() }
    building = task
    return try await task.value
  }

  static func connect(
    socket: String, database: String, role: String, reactor: PostgresReactor
  ) async throws -> PostgresConnection {
    let settings = SessionSettings.parameters(
      address: CellAddress(host: socket, port: 5432), database: database, role: role, password: "-")
    return try await PostgresConnection.connect(
      settings.parameters, reactor: reactor, deadline: .now + .seconds(20))
  }

  private static func build() async throws -> Ready {
    let server = try PrivatePostgres.shared()
    let ready = Ready(socket: server.folder, reactor: try PostgresReactor())
    let admin = try await ready.connect(database: "postgres", role: "postgres")
    try await admin.simple("CREATE DATABASE cell", deadline: nil)
    try await admin.simple("CREATE DATABASE control", deadline: nil)
    admin.close()

    let migrator = Migrator(catalog: MigrationCatalog(folders: [MigrationCatalog.platformFolder]))
    let cell = try await ready.connect(database: "cell", role: "postgres")
    try await migrator.migrateCluster(cell)
    try await migrator.migrateCell(cell)
    try await cell.simple(
      """
      CREATE SCHEMA \(TestDatabase.schema) AUTHORIZATION bulkhead_owner;
      GRANT USAGE ON SCHEMA \(TestDatabase.schema) TO bulkhead_pool;
      INSERT INTO bulkhead.home (schema_name, grantee) VALUES ('\(TestDatabase.schema)', 'bulkhead_pool');
      """, deadline: nil)
    try await migrator.migrateSchema(TestDatabase.schema, cell)
    cell.close()
    let control = try await ready.connect(database: "control", role: "postgres")
    try await migrator.migrateControl(control)
    control.close()
    return ready
  }
}
