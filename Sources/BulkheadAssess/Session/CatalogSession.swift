import BulkheadCore
import BulkheadPostgres

/// One connection in one read-only transaction on one snapshot, for reading catalogs.
///
/// Nothing that the database defines is run: names resolve to `pg_catalog` alone, and the transaction is READ ONLY.
final class CatalogSession: Sendable {
  /// The oldest version whose catalogs the rules know.
  static let oldestVersion: Int32 = 120_000
  /// Seconds that one catalog query may take.
  static let statementSecondsMax = 30
  private static let connectDurationMax = Duration.seconds(10)

  /// Pinned before anything is read. `standard_conforming_strings`: queries hold backslashes.
  static let opening = """
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL search_path = pg_catalog, pg_temp;
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL statement_timeout = '\(statementSecondsMax)s';
    SET LOCAL lock_timeout = '5s';
    SET LOCAL jit = off;
    SET LOCAL client_min_messages = warning;
    """

  private let connection: PostgresConnection

  var serverVersion: Int32 { connection.serverVersionNumber }

  /// Opens the transaction.
  ///
  /// - Parameter conninfo: a URL or keywords; what it leaves out comes from the `PG*` variables.
  /// - Throws: `assess.unreachable`, `assess.versionUnsupported`. Neither holds a password.
  static func open(_ conninfo: String, reactor: PostgresReactor) async throws -> CatalogSession {
    let parameters: [(String, String)]
    do {
      parameters = try Conninfo.resolve(conninfo).filter { $0.0 != "application_name" }
    } catch {
      throw Refusal(
        .assessUnreachable,
        """
        The database is named in a form that libpq cannot read. Write postgresql://user@host:5432/database or \
        'host=… dbname=… user=…'; the password is best kept in PGPASSWORD or a password file.
        """)
    }
    let target = Self.target(parameters)
    do {
      let connection = try await PostgresConnection.connect(
        parameters + [("application_name", "bulkhead assess")], reactor: reactor, deadline: .now + connectDurationMax,
        limits: PostgresLimits(resultBytesMax: 512 << 20))
      let session = CatalogSession(connection)
      guard connection.serverVersionNumber >= oldestVersion else {
        throw unsupported(connection.serverVersionNumber)
      }
      try await session.begin()
      return session
    } catch let error as PostgresError {
      throw Self.unreachable(error, target)
    }
  }

  static func unsupported(_ version: Int32) -> Refusal {
    // Before version 10 the second number was part of the major version.
    let text =
      version >= 100_000
      ? "\(version / 10_000).\(version % 10_000)" : "\(version / 10_000).\(version / 100 % 100).\(version % 100)"
    return Refusal(
      .assessNotPostgres,
      """
      The server says it is version \(text); assess reads PostgreSQL 12 and later. \
      Nothing was read or changed. Older servers get no fixes for row security: upgrade first.
      """)
  }

  private init(_ connection: PostgresConnection) { self.connection = connection }

  private func begin() async throws(PostgresError) {
    try await connection.simple(Self.opening, deadline: .now + .seconds(10))
  }

  /// Ends the transaction and the connection.
  func close() { connection.close() }

  /// One catalog query. An error leaves the transaction as it was before.
  func rows(_ sql: String, _ parameters: [SQLValue] = []) async throws(PostgresError) -> Rows {
    let deadline = ContinuousClock.now + .seconds(Self.statementSecondsMax + 5)
    do {
      let results = try await connection.roundTrip(
        [
          .once(text: "SAVEPOINT rule", parameters: []), .once(text: sql, parameters: parameters),
          .once(text: "RELEASE SAVEPOINT rule", parameters: []),
        ], deadline: deadline)
      return results[1]
    } catch {
      if connection.isUsable {
        try await connection.simple("ROLLBACK TO SAVEPOINT rule", deadline: .now + .seconds(10))
      }
      throw error
    }
  }

  /// `database on host:port as user`, without the password.
  private static func target(_ parameters: [(String, String)]) -> String {
    func value(_ name: String) -> String? { parameters.first { $0.0 == name }?.1 }
    let host = value("host") ?? value("hostaddr") ?? "the local socket"
    let user = value("user") ?? "the current user"
    return "\(value("dbname") ?? user) on \(host), port \(value("port") ?? "5432"), as \(user)"
  }

  private static func unreachable(_ error: PostgresError, _ target: String) -> Refusal {
    let said = error.message?.trimmingTrailingNewlines ?? ""
    let cause =
      switch error.kind {
      case .timedOut: "it did not answer within \(connectDurationMax.components.seconds) seconds"
      case .connectFailed where said.contains("password"): "it did not accept the password, or none was given"
      case .connectFailed where said.contains("does not exist"): "the database or the role does not exist"
      case .connectFailed where said.contains("pg_hba.conf"): "its pg_hba.conf does not allow this login from here"
      default: "the connection failed"
      }
    return Refusal(
      .assessUnreachable,
      "The database (\(target)) could not be assessed: \(cause). Nothing was read or changed.",
      diagnostic: said.isEmpty ? error.description : said)
  }
}

extension String {
  fileprivate var trimmingTrailingNewlines: String {
    var text = self
    while let last = text.last, last.isNewline || last == " " { text.removeLast() }
    return text
  }
}
