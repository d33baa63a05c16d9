import BulkheadCore
import BulkheadData

/// One entry of double entry book-keeping, before it is posted: sums per account role, in minor units of the legal
/// entity's currency. Pure.
struct LedgerEntry: Sendable {
  struct Line: Sendable, Hashable {
    let role: AccountRole
    let party: EntityID?
    /// Positive: debit; negative: credit. Never zero.
    let minor: Int64
    let dueOn: CivilDate?
  }

  let id: EntityID
  let book: LedgerBook
  let effectiveOn: CivilDate
  let originType: String
  let originID: EntityID
  let memo: String
  let reversalOf: EntityID?
  private(set) var lines: [Line] = []

  init(
    id: EntityID, book: LedgerBook, effectiveOn: CivilDate, originType: String, originID: EntityID, memo: String,
    reversalOf: EntityID? = nil
  ) {
    self.id = id
    self.book = book
    self.effectiveOn = effectiveOn
    self.originType = originType
    self.originID = originID
    self.memo = memo
    self.reversalOf = reversalOf
  }

  /// Adds `minor` to the debit of `role`; a negative amount is a credit, nothing is no line.
  mutating func debit(_ role: AccountRole, _ minor: Int64, party: EntityID? = nil, dueOn: CivilDate? = nil) {
    guard minor != 0 else { return }
    lines.append(Line(role: role, party: party, minor: minor, dueOn: dueOn))
  }

  /// Adds `minor` to the credit of `role`; a negative amount is a debit, nothing is no line.
  mutating func credit(_ role: AccountRole, _ minor: Int64, party: EntityID? = nil, dueOn: CivilDate? = nil) {
    debit(role, -minor, party: party, dueOn: dueOn)
  }

  /// The sum of the debits. Refuses with `money.overflow`, or `ledger.unbalanced` when the credits are another sum.
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
}

extension LedgerEntry {
  /// What posts `entries` of one legal entity: periods are opened where there are none, and the database refuses what
  /// falls into a closed one (`period.closed`) or does not balance. Entries without lines are left out.
  static func queries(
    _ entries: [LedgerEntry], _ entity: LegalEntity, _ context: TenantContext, _ ambient: Ambient
  ) throws(Refusal) -> [Query] {
    let posted = entries.filter { !$0.lines.isEmpty }
    guard !posted.isEmpty else { return [] }
    var totals: [Int64] = []
    for entry in posted { totals.append(try entry.total()) }
    let lines = posted.flatMap { entry in
      entry.lines.enumerated().map { (entry: entry.id, number: Int64($0.offset + 1), line: $0.element) }
    }
    return [
      Query(openPeriods, .id(entity.id), .texts(Set(posted.map(\.effectiveOn.description)).sorted())),
      Query(
        insertEntries, .id(entity.id), .text(context.actor.description), .instant(ambient.now),
        .ids(posted.map(\.id)), .texts(posted.map(\.book.rawValue)), .texts(posted.map(\.effectiveOn.description)),
        .texts(posted.map(\.originType)), .ids(posted.map(\.originID)), .texts(posted.map(\.memo)), .ints(totals),
        .texts(posted.map { $0.reversalOf?.description })),
      Query(
        insertLines, .id(entity.id), .ids(lines.map { _ in ambient.makeID() }), .ids(lines.map(\.entry)),
        .ints(lines.map(\.number)), .texts(lines.map(\.line.role.rawValue)),
        .texts(lines.map { $0.line.party?.description }), .ints(lines.map { max($0.line.minor, 0) }),
        .ints(lines.map { max(-$0.line.minor, 0) }), .texts(lines.map { $0.line.dueOn?.description })),
    ]
  }

  static let openPeriods = Statement(
    """
    INSERT INTO fiscal_period (legal_entity_id, starts_on)
    SELECT DISTINCT $1::uuid, date_trunc('month', d.day::timestamp)::date FROM unnest($2::date[]) AS d (day)
    ON CONFLICT (legal_entity_id, starts_on) DO NOTHING
    """)

  static let insertEntries = Statement(
    """
    INSERT INTO ledger_entry (legal_entity_id, posted_by, posted_at, id, book, effective_on, origin_type, origin_id,
      memo, total_minor, reversal_of)
    SELECT $1::uuid, $2, $3::timestamptz, e.id, e.book, e.effective_on, e.origin_type, e.origin_id, e.memo,
           e.total_minor, e.reversal_of
      FROM unnest($4::uuid[], $5::text[], $6::date[], $7::text[], $8::uuid[], $9::text[], $10::bigint[], $11::uuid[])
           AS e (id, book, effective_on, origin_type, origin_id, memo, total_minor, reversal_of)
    """)

  /// A role without an account leaves a line without one, which the table refuses.
  static let insertLines = Statement(
    """
    INSERT INTO ledger_line (legal_entity_id, id, entry_id, line_no, account_id, party_id, debit_minor, credit_minor,
      due_on)
    SELECT $1::uuid, l.id, l.entry_id, l.line_no, r.account_id, l.party_id, l.debit, l.credit, l.due_on
      FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::uuid[], $7::bigint[], $8::bigint[], $9::date[])
           AS l (id, entry_id, line_no, role, party_id, debit, credit, due_on)
      LEFT JOIN account_role AS r ON r.legal_entity_id = $1 AND r.role = l.role
    """)
}
