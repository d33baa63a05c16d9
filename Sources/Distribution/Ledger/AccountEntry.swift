import BulkheadCore
import BulkheadData

/// An entry whose lines name accounts and not roles: made by hand, or the exact opposite of one that stands.
///
/// A reversal goes to the accounts that were posted to, also when the roles have been pointed elsewhere since.
struct AccountEntry: Sendable {
  struct Line: Sendable {
    let accountID: EntityID
    let partyID: EntityID?
    /// Positive: debit; negative: credit. Never zero.
    let minor: Int64
    let dueOn: CivilDate?
  }

  let id: EntityID
  let legalEntityID: EntityID
  let book: LedgerBook
  let effectiveOn: CivilDate
  let originType: String
  let originID: EntityID
  let memo: String
  let reversalOf: EntityID?
  let lines: [Line]

  static let memoMax = 200

  /// The sum of the debits. Refuses with `money.overflow` or `ledger.unbalanced`.
  func total() throws(Refusal) -> Int64 {
    var debit: Int128 = 0
    var credit: Int128 = 0
    for line in lines { if line.minor > 0 { debit += Int128(line.minor) } else { credit -= Int128(line.minor) } }
    guard debit == credit else {
      throw Refusal(.ledgerUnbalanced, "The entry does not balance: debit \(debit), credit \(credit) minor units.")
    }
    guard let total = Int64(exactly: debit) else { throw Money.overflow }
    return total
  }

  /// What posts it: its month is opened where there is none.
  func queries(_ context: TenantContext, _ ambient: Ambient) throws(Refusal) -> [Query] {
    let total = try total()
    return [
      Query(LedgerEntry.openPeriods, .id(legalEntityID), .texts([effectiveOn.description])),
      Query(
        LedgerEntry.insertEntries, .id(legalEntityID), .text(context.actor.description), .instant(ambient.now),
        .ids([id]), .texts([book.rawValue]), .texts([effectiveOn.description]), .texts([originType]),
        .ids([originID]), .texts([memo]), .ints([total]), .texts([reversalOf?.description])),
      Query(
        Self.insertLines, .id(legalEntityID), .id(id), .ids(lines.map { _ in ambient.makeID() }),
        .ints((1...max(1, lines.count)).prefix(lines.count).map { Int64($0) }), .ids(lines.map(\.accountID)),
        .texts(lines.map { $0.partyID?.description }), .ints(lines.map { max($0.minor, 0) }),
        .ints(lines.map { max(-$0.minor, 0) }), .texts(lines.map { $0.dueOn?.description })),
    ]
  }

  /// The opposite, which takes this entry out of the balances from `day` on.
  func reversed(id: EntityID, on day: CivilDate, memo: String? = nil) -> AccountEntry {
    AccountEntry(
      id: id, legalEntityID: legalEntityID, book: book, effectiveOn: day, originType: originType, originID: originID,
      memo: memo ?? String("Reversal: \(self.memo)".prefix(Self.memoMax)), reversalOf: self.id,
      lines: lines.map { Line(accountID: $0.accountID, partyID: $0.partyID, minor: -$0.minor, dueOn: $0.dueOn) })
  }

  private static let insertLines = Statement(
    """
    INSERT INTO ledger_line (legal_entity_id, entry_id, id, line_no, account_id, party_id, debit_minor, credit_minor,
      due_on)
    SELECT $1::uuid, $2::uuid, l.id, l.line_no, l.account_id, l.party_id, l.debit, l.credit, l.due_on
      FROM unnest($3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[], $9::date[])
           AS l (id, line_no, account_id, party_id, debit, credit, due_on)
    """)
}

extension AccountEntry {
  /// Header and lines of one entry: two queries for one round trip.
  static func queries(_ id: EntityID) -> [Query] { [Query(header, .id(id)), Query(lines, .id(id))] }

  /// The same of the entry that a document posted and that no reversal stands against.
  static func queries(origin: EntityID) -> [Query] {
    [Query(headerOfOrigin, .id(origin)), Query(linesOfOrigin, .id(origin))]
  }

  /// The answer of `queries`: the entry as it stands, with whether a reversal stands against it; `nil` when there is
  /// no such entry.
  static func read(_ rows: [Rows]) throws(Refusal) -> (entry: AccountEntry, isReversed: Bool)? {
    guard rows.count == 2, let row = rows[0].first else { return nil }
    var lines: [Line] = []
    for line in rows[1] {
      lines.append(
        Line(
          accountID: try line.id(0), partyID: line.idOrNil(1), minor: try line.int(2) - line.int(3),
          dueOn: try line.dateOrNil(4)))
    }
    let entry = AccountEntry(
      id: try row.id(0), legalEntityID: try row.id(1), book: try row.known(2),
      effectiveOn: try CivilDate(try row.text(3)),
      originType: try row.text(4), originID: try row.id(5), memo: try row.text(6), reversalOf: row.idOrNil(7),
      lines: lines)
    return (entry, try row.bool(8))
  }

  private static let header = Statement(
    """
    SELECT e.id, e.legal_entity_id, e.book, e.effective_on, e.origin_type, e.origin_id, e.memo, e.reversal_of,
           EXISTS (SELECT 1 FROM ledger_entry AS r WHERE r.reversal_of = e.id)
      FROM ledger_entry AS e WHERE e.id = $1
    """)

  private static let lines = Statement(
    """
    SELECT l.account_id, l.party_id, l.debit_minor, l.credit_minor, l.due_on
      FROM ledger_line AS l WHERE l.entry_id = $1 ORDER BY l.line_no
    """)

  private static let headerOfOrigin = Statement(
    """
    SELECT e.id, e.legal_entity_id, e.book, e.effective_on, e.origin_type, e.origin_id, e.memo, e.reversal_of, false
      FROM ledger_entry AS e
     WHERE e.origin_id = $1 AND e.reversal_of IS NULL
       AND NOT EXISTS (SELECT 1 FROM ledger_entry AS r WHERE r.reversal_of = e.id)
    """)

  private static let linesOfOrigin = Statement(
    """
    SELECT l.account_id, l.party_id, l.debit_minor, l.credit_minor, l.due_on
      FROM ledger_entry AS e JOIN ledger_line AS l ON l.entry_id = e.id
     WHERE e.origin_id = $1 AND e.reversal_of IS NULL
       AND NOT EXISTS (SELECT 1 FROM ledger_entry AS r WHERE r.reversal_of = e.id)
     ORDER BY l.line_no
    """)
}
