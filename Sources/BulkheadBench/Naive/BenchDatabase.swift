import BulkheadCore
import BulkheadKeys
import BulkheadPostgres
import Foundation

/// The private PostgreSQL of the system under test, entered as its administrator, whom no row security binds.
struct BenchDatabase: Sendable {
  static let administrator = "bulkhead_admin"
  static let name = "bulkhead_cell"
  static let pooledRole = "bulkhead_pool"
  static let pooledSchema = "pooled"
  static let cell = "main"

  let socket: String
  let port: Int
  let master: MasterKey
  let reactor: PostgresReactor

  init(socket: String, port: Int, masterKeyFile: String) throws {
    self.socket = socket
    self.port = port
    let text = try String(contentsOfFile: masterKeyFile, encoding: .utf8)
    master = try MasterKey(text: text.trimmingCharacters(in: .whitespacesAndNewlines))
    reactor = try PostgresReactor()
  }

  func administrators(_ count: Int) async throws -> [PostgresConnection] {
    var connections: [PostgresConnection] = []
    for _ in 0..<count { connections.append(try await connect(as: Self.administrator)) }
    return connections
  }

  func connect(as role: String, to database: String = name) async throws -> PostgresConnection {
    let parameters = [
      ("host", socket), ("port", String(port)), ("dbname", database), ("user", role),
      ("password", master.rolePassword(role: role).withValue { $0 }),
      ("options", "-c search_path=\(Self.pooledSchema) -c timezone=UTC -c jit=off"),
    ]
    return try await PostgresConnection.connect(parameters, reactor: reactor, deadline: .now + .seconds(10))
  }
}
