import BulkheadCore
import BulkheadData

/// Reads the books: entries, one entry with its lines, the trial balance at a date.
enum LedgerReader {
  /// Entries, newest first. `$2` legal entity, `$3` first day, `$4` last day, `$5` book, `$6` origin; NULL for any.
  static let list = Statement(
    """
    SELECT e.id, e.legal_entity_id, e.book, e.effective_on, e.origin_type, e.origin_id, e.memo, entity.currency,
           e.total_minor, e.reversal_of, e.posted_by, e.posted_at
      FROM ledger_entry AS e JOIN legal_entity AS entity ON entity.id = e.legal_entity_id
     WHERE e.id < $1 AND ($2::uuid IS NULL OR e.legal_entity_id = $2)
       AND ($3::date IS NULL OR e.effective_on >= $3::date) AND ($4::date IS NULL OR e.effective_on <= $4::date)
       AND ($5::text IS NULL OR e.book = $5) AND ($6::uuid IS NULL OR e.origin_id = $6)
     ORDER BY e.id DESC LIMIT $7
    """)

  static let one = Statement(
    """
    SELECT e.id, e.legal_entity_id, e.book, e.effective_on, e.origin_type, e.origin_id, e.memo, entity.currency,
           e.total_minor, e.reversal_of, e.posted_by, e.posted_at
      FROM ledger_entry AS e JOIN legal_entity AS entity ON entity.id = e.legal_entity_id
     WHERE e.id = $1
    """)

  static let lines = Statement(
    """
    SELECT l.line_no, l.account_id, a.code, a.name, l.party_id, l.debit_minor, l.credit_minor, l.due_on
      FROM ledger_line AS l JOIN account AS a ON a.id = l.account_id
     WHERE l.entry_id = $1 ORDER BY l.line_no
    """)

  /// Every account with what was posted to it up to and including `$2`.
  static let trialBalance = Statement(
    """
    SELECT a.id, a.code, a.name, a.type, coalesce(sums.debit, 0)::bigint, coalesce(sums.credit, 0)::bigint
      FROM account AS a
      LEFT JOIN (SELECT l.account_id, sum(l.debit_minor) AS debit, sum(l.credit_minor) AS credit
                   FROM ledger_entry AS e JOIN ledger_line AS l ON l.entry_id = e.id
                  WHERE e.legal_entity_id = $1 AND e.effective_on <= $2::date
                  GROUP BY l.account_id) AS sums ON sums.account_id = a.id
     WHERE a.legal_entity_id = $1
     ORDER BY a.code
    """)

  static func header(_ row: Row) throws(Refusal) -> [JSON.Member] {
    [
      .init("id", .id(try row.id(0))), .init("legalEntityId", .id(try row.id(1))),
      .init("book", .string(try row.text(2))), .init("effectiveOn", .string(try row.text(3))),
      .init("originType", .string(try row.text(4))), .init("originId", .id(try row.id(5))),
      .init("memo", .string(try row.text(6))), .init("total", try row.money(8, try row.currency(7)).json),
      .init("reversalOf", row.jsonText(9)), .init("postedBy", .string(try row.text(10))),
      .init("postedAt", .instant(try row.instant(11))),
    ]
  }

  /// One entry with its lines, from the answers of `one` and `lines`.
  static func entry(_ rows: [Rows]) throws(Refusal) -> JSON? {
    guard rows.count == 2, let row = rows[0].first else { return nil }
    let currency = try row.currency(7)
    var lines: [JSON] = []
    for line in rows[1] {
      lines.append([
        "line": .int(try line.int(0)), "accountId": .id(try line.id(1)), "account": .string(try line.text(2)),
        "accountName": .string(try line.text(3)), "partyId": line.jsonText(4),
        "debit": .string(try line.money(5, currency).text), "credit": .string(try line.money(6, currency).text),
        "dueOn": line.jsonText(7),
      ])
    }
    return .object(try header(row) + [.init("lines", .array(lines))])
  }

  static func queries(_ id: EntityID) -> [Query] { [Query(one, .id(id)), Query(lines, .id(id))] }

  /// The trial balance as JSON. Refuses with `money.overflow` when a total leaves 64 bits.
  static func balance(_ rows: Rows, _ entity: LegalEntity, on day: CivilDate) throws(Refusal) -> JSON {
    var debit = Money(minor: 0, entity.currency)
    var credit = debit
    var accounts: [JSON] = []
    for row in rows {
      let debits = try row.money(4, entity.currency)
      let credits = try row.money(5, entity.currency)
      debit = try debit.adding(debits)
      credit = try credit.adding(credits)
      let balance = try debits.adding(Money(minor: -credits.minor, entity.currency))
      accounts.append([
        "accountId": .id(try row.id(0)), "account": .string(try row.text(1)), "name": .string(try row.text(2)),
        "type": .string(try row.text(3)), "debit": .string(debits.text), "credit": .string(credits.text),
        "balance": .string(balance.text),
      ])
    }
    let difference = try debit.adding(Money(minor: -credit.minor, entity.currency))
    return [
      "legalEntityId": .id(entity.id), "on": .string(day.description), "currency": .string(entity.currency.code),
      "debit": .string(debit.text), "credit": .string(credit.text), "balance": .string(difference.text),
      "accounts": .array(accounts),
    ]
  }
}
