import BulkheadCore
import BulkheadData

/// One rule that must hold for every tenant at any time, and the query that finds what breaks it.
///
/// Each row is an offence: what it is about, what should be, what is. Read-only and tenant-scoped; `bulkhead check`
/// runs all of them, and so does every test after it has done its worst. I5 (layers equal the general ledger) joins
/// with the ledger.
public struct InvariantCheck: Sendable {
  /// `I1` … as the domain's documents number them.
  public let name: String
  public let title: String
  /// Rows of (subject, expected, found), all text.
  public let statement: Statement

  /// One broken invariant.
  public struct Offence: Sendable, Hashable {
    public let check: String
    public let subject: String
    public let expected: String
    public let found: String
  }

  /// Offences listed per check at most; the statements have the same limit.
  public static let offencesMax = 100

  /// Runs every check in one round trip and one snapshot per statement.
  public static func run(in tenant: Tenant) async throws -> [Offence] {
    try offences(try await tenant.read(queries))
  }

  /// Every check's query, in the order of `all`.
  static var queries: [Query] { all.map { Query($0.statement) } }

  /// What the answers of `queries` say.
  static func offences(_ results: [Rows]) throws(Refusal) -> [Offence] {
    var offences: [Offence] = []
    for (check, rows) in zip(all, results) {
      for row in rows {
        offences.append(
          Offence(
            check: check.name, subject: try row.text(0), expected: row.textOrNil(1) ?? "none",
            found: row.textOrNil(2) ?? "none"))
      }
    }
    return offences
  }

  public static let all: [InvariantCheck] =
    stockChecks + valueChecks + orderChecks + ledgerChecks + fulfilmentChecks + purchaseChecks + financeChecks
    + returnChecks + periodChecks + exchangeChecks + posChecks + importChecks
}
