import BulkheadCore
import BulkheadData
import BulkheadPostgres

/// How an administrator reaches one cluster: for migrations and provisioning only, never for a request.
package struct AdminAccess: Sendable {
  package let cell: String
  package let address: CellAddress
  /// libpq keywords without `dbname`.
  private let parameters: [(String, String)]
  private let database: String
  private let reactor: PostgresReactor

  /// `conninfo` is a PostgreSQL URL or keyword string; what it leaves out comes from the `PG*` variables.
  package init(cell: String, conninfo: String, reactor: PostgresReactor) throws {
    let resolved = try Conninfo.resolve(conninfo)
    self.cell = cell
    self.reactor = reactor
    self.database = resolved.first { $0.0 == "dbname" }?.1 ?? "postgres"
    self.parameters = resolved.filter { $0.0 != "dbname" }
    let host = resolved.first { $0.0 == "hostaddr" || $0.0 == "host" }?.1 ?? "/var/run/postgresql"
    self.address = CellAddress(host: host, port: Int(resolved.first { $0.0 == "port" }?.1 ?? "") ?? 5432)
  }

  /// Lends a connection to `database` (by default the one of the URL) and closes it afterwards.
  package func connected<Result: Sendable>(
    to database: String? = nil, _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let all = parameters + [("dbname", database ?? self.database), ("application_name", "bulkhead-admin")]
    let connection = try await PostgresConnection.connect(all, reactor: reactor, deadline: .now + .seconds(10))
    defer { connection.close() }
    return try await body(connection)
  }
}

extension AdminAccess {
  /// Runs `body` while no other process changes roles or databases of this cluster: PostgreSQL answers two changes of
  /// one shared row with "tuple concurrently updated" instead of making one wait.
  package func exclusively<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    try await connected { connection in
      try await connection.simple("SELECT pg_advisory_lock(4713)", deadline: nil)
      // The lock ends with its connection, whatever happens.
      return try await body()
    }
  }
}

/// Names that became part of SQL text must be plain identifiers of ours.
package func identifier(_ name: String) throws(Refusal) -> String {
  let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
    default: false
    }
  }
  guard isPlain, (1...63).contains(name.utf8.count) else {
    throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "not an identifier: \(name)")
  }
  return name
}
