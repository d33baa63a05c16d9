import BulkheadCore

/// Columns of one table that are sums of what is posted elsewhere, and how they are computed anew.
///
/// Documents, moves, layers' beginnings and the ledger are what happened: none of them is here, and nothing here is
/// ever taken for proof of them.
struct DerivedFigures: Sendable {
  enum Kind: Sendable {
    /// Base units.
    case quantity
    /// Minor units of the currency of its row.
    case minor
  }

  struct Column: Sendable {
    let name: String
    let kind: Kind
    /// The invariant that finds it wrong.
    let check: String
  }

  /// Rows that writers of the figures hold while they write, in the order in which everything is locked.
  struct Lock: Sendable {
    enum Rank: Int, Comparable, Sendable {
      case order, contract, notice, shipment, credit, cost, quant, invoice, payment

      static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    let rank: Rank
    /// `$1` the ids of the rows whose figures are wrong.
    let statement: Statement
  }

  let table: String
  let columns: [Column]
  /// Whether rows are told apart by a second id, the legal entity's.
  var isScoped = false
  /// Of its own rows, and of those whose figures follow from it.
  let locks: [Lock]
  /// Rows (id, second id, subject, proof, then for each column what it is and what it should be) of what is wrong and
  /// can be put right without breaking a rule of its own row. Ends in `LIMIT`, which is `rowsMax`.
  let find: Statement
  /// `$1` ids, then second ids if it is scoped, then the values of each column. `nil`: the database writes them itself
  /// when the repair is recorded.
  let apply: Statement?

  /// What one repair puts right of one table at most; the rest is told by the check that follows.
  static let rowsMax = 1000

  /// What is computed from other derived figures comes after them.
  static let all: [DerivedFigures] =
    [shipmentLines, returnLines, orderLines, orderTotals, receiptLines, purchaseLines, plannedMoves, contractLines]
    + [noticeLines, invoices, payments, creditAccounts, layers, shortages, productCosts, quants]
}
