import BulkheadAssess
import BulkheadCore
import BulkheadPostgres
import Foundation

/// Two servers: one as it should be, one on which every rule is broken once.
enum FixtureServer {
  static let mended = Result { try PrivateServer() }
  /// Listens on another loopback address than the usual one, without TLS, and trusts an address that nobody has.
  static let broken = Result {
    try PrivateServer(
      settings: ["listen_addresses=127.0.0.2", "ssl=off"], hostRules: ["host all all 203.0.113.7/32 trust"])
  }

  static func text(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// The parts of `broken.sql` by rule.
  static func violations() throws -> [(rule: String, sql: String)] {
    try text("broken.sql").components(separatedBy: "\n--: ").dropFirst().map { part in
      (String(part.prefix(3)), String(part.dropFirst(4)))
    }
  }

  static func create(_ database: String, on server: PrivateServer, _ scripts: [String]) async throws {
    let admin = try await connect(to: server)
    try await admin.simple("CREATE DATABASE \(database)", deadline: soon)
    admin.close()
    let connection = try await connection(to: database, on: server)
    defer { connection.close() }
    for script in scripts { try await connection.simple(script, deadline: soon) }
  }

  static func connection(to database: String, on server: PrivateServer) async throws -> PostgresConnection {
    try await PostgresConnection.connect(
      server.parameters.filter { $0.0 != "dbname" } + [("dbname", database)], reactor: reactor.get(), deadline: soon)
  }

  static func conninfo(_ database: String, on server: PrivateServer, user: String = "postgres") -> String {
    "host=\(server.folder) port=\(server.port) user=\(user) dbname=\(database)"
  }

  static func assess(
    _ database: String, on server: PrivateServer, user: String = "postgres", schemas: [String] = [],
    columns: [String] = [], version: Int32? = nil
  ) async throws -> Assessment {
    try await Assessor(
      conninfo: conninfo(database, on: server, user: user), schemas: schemas, columns: columns,
      reactor: reactor.get(), version: version
    ).run()
  }
}
