import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Testing

@testable import bulkhead

/// Connections past the data path: what somebody has who stole a login role's password.
extension TestSystem {
  /// A connection of `role`, by default the shared pool's, with nothing bound.
  func raw(
    role: String = Installation.pooledRole, database: String = Installation.cellDatabase, options: String? = nil
  ) async throws -> PostgresConnection {
    let cluster = platform.cluster
    let address = cluster.cells.main.address
    var parameters = [
      ("host", address.host), ("port", String(address.port)), ("dbname", database), ("user", role),
      ("password", cluster.credentials.password(ofRole: role).withValue { $0 }),
    ]
    if let options { parameters.append(("options", options)) }
    return try await PostgresConnection.connect(
      parameters, reactor: cluster.reactor, deadline: .now + .seconds(10))
  }

  /// Runs `sql` as the administrator.
  @discardableResult
  func admin(_ sql: String, database: String = Installation.cellDatabase) async throws -> Rows {
    try await platform.cluster.cells.main.connected(to: database) { connection in
      try await connection.simple(sql, deadline: .now + .seconds(30)).last ?? Rows.none
    }
  }

  /// A token with which `connection` may bind `tenant`, unless an argument says otherwise.
  func bindToken(
    _ tenant: TestTenant, _ connection: PostgresConnection, cell: String = "main", epoch: Int32? = nil,
    pid: Int32? = nil, age: Duration = .zero
  ) -> String {
    // Keys of their own: nothing that was minted for the data path is given out again.
    BindKeys(master: platform.cluster.master, cell: cell).bindToken(
      tenant: tenant.id, epoch: epoch ?? tenant.record.placement.epoch, backendPID: pid ?? connection.backendPID,
      now: platform.ambient.now - age)
  }
}

extension Rows {
  static let none = Rows(columnCount: 0, starts: [], ends: [], bytes: [], affected: 0)

  var texts: [String] { map { $0.textOrNil(0) ?? "NULL" } }
}

extension PostgresConnection {
  @discardableResult
  func sql(_ text: String) async throws(PostgresError) -> Rows {
    try await simple(text, deadline: .now + .seconds(30)).last ?? Rows.none
  }

  func count(_ table: String) async throws -> Int64 {
    try await sql("SELECT count(*) FROM \(table)")[0].int(0)
  }

  /// The state with which the server refuses `text`; `nil` when it does not. Leaves no transaction open.
  func refusal(_ text: String) async -> String? {
    do throws(PostgresError) {
      try await sql(text)
      if transactionStatus != .idle { _ = try await sql("ROLLBACK") }
      return nil
    } catch {
      if isUsable, transactionStatus != .idle { _ = try? await sql("ROLLBACK") }
      return error.sqlState ?? error.kind.rawValue
    }
  }
}

/// The state with which a connection is refused; `nil` when it is let in.
func refusal(_ connect: () async throws -> PostgresConnection) async throws -> String? {
  do {
    try await connect().close()
    return nil
  } catch let error as PostgresError {
    return error.debugDescription
  }
}
