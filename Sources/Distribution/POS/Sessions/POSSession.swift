import BulkheadCore
import BulkheadData

/// Where a cashier's session stands.
enum POSSessionState: String, Sendable, CaseIterable {
  /// Sells.
  case opened
  /// Sells no more; orders that a till took while it was offline still come in.
  case closing
  case closed
}

/// A session whose row is locked, with all that selling in it needs of its till.
struct LockedSession: Sendable {
  let id: EntityID
  let state: POSSessionState
  let entity: LegalEntity
  let terminalID: EntityID
  let terminalCode: String
  let locationID: EntityID
  /// The price list and its parents, nearest first.
  let priceLists: [EntityID]
  let includesTax: Bool
  let country: String?
  let region: String?
  let posting: POSStockPosting
  let float: Int64
  let version: Int64
  /// Where goods go; `nil` when the tenant has no place of type customer.
  let customerPlace: EntityID?

  /// The outermost lock of everything that happens at a till. A session that is being closed waits for orders under
  /// way, and they for it.
  static func query(_ id: EntityID) -> Query { Query(statement, .id(id)) }

  private static let statement = Statement(
    """
    SELECT s.id, s.state, entity.id, entity.currency, entity.fiscal_year_start_month, t.id, t.code, t.location_id,
           list.lineage, t.prices_include_tax, t.country, t.region, t.stock_posting, s.float_minor, s.version,
           (SELECT c.id FROM location AS c WHERE c.type = 'customer' AND c.is_active ORDER BY c.id LIMIT 1)
      FROM pos_session AS s
      JOIN pos_terminal AS t ON t.id = s.terminal_id
      JOIN legal_entity AS entity ON entity.id = s.legal_entity_id
      JOIN price_list AS list ON list.id = t.price_list_id
     WHERE s.id = $1
       FOR UPDATE OF s
    """)

  init?(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else { return nil }
    id = try row.id(0)
    state = try row.known(1)
    entity = LegalEntity(
      id: try row.id(2), currency: try row.currency(3), fiscalYearStartMonth: Int(try row.int(4)))
    terminalID = try row.id(5)
    terminalCode = try row.text(6)
    locationID = try row.id(7)
    priceLists = row.ids(8)
    includesTax = try row.bool(9)
    country = row.textOrNil(10)
    region = row.textOrNil(11)
    posting = try row.known(12)
    float = try row.int(13)
    version = try row.int(14)
    customerPlace = row.idOrNil(15)
  }

  /// Refuses with `posSession.wrongState`.
  func require(_ states: Set<POSSessionState>, to act: String) throws(Refusal) {
    guard states.contains(state) else {
      throw Refusal(.posSessionWrongState, "A session that is \(state.rawValue) cannot \(act).", at: "/sessionId")
    }
  }

  /// Refuses with `setup.missing`.
  func customer() throws(Refusal) -> EntityID {
    guard let customerPlace else {
      throw Refusal(.setupMissing, "There is no location of type customer: create one.")
    }
    return customerPlace
  }

  /// Takes the till's next number. Its row is locked until the transaction ends, so it is taken late.
  func number() -> Query { Query(Self.nextNumber, .id(terminalID)) }

  static let nextNumber = Statement(
    "UPDATE pos_terminal SET next_number = next_number + 1 WHERE id = $1 RETURNING next_number - 1")

  /// The number in the answer of `number()`: `T1-000001`.
  func number(_ rows: Rows) throws(Refusal) -> String {
    guard let row = rows.first else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "no number was returned")
    }
    let digits = String(try row.int(0))
    return "\(terminalCode)-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
  }
}

/// The statements of sessions.
enum POSSessionStatements {
  static let insert = Statement(
    """
    INSERT INTO pos_session (id, terminal_id, legal_entity_id, currency, float_minor, opened_by, opened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)

  static let terminal = Statement(
    """
    SELECT t.is_active, entity.id, entity.currency, entity.fiscal_year_start_month
      FROM pos_terminal AS t JOIN legal_entity AS entity ON entity.id = t.legal_entity_id
     WHERE t.id = $1
    """)

  static let setClosing = Statement("UPDATE pos_session SET state = 'closing', version = version + 1 WHERE id = $1")

  static let close = Statement(
    """
    UPDATE pos_session SET state = 'closed', expected_minor = $2, counted_minor = $3, closed_by = $4, closed_at = $5,
           version = version + 1
     WHERE id = $1
    """)

  static let insertCashMove = Statement(
    """
    INSERT INTO pos_cash_move (id, session_id, direction, amount_minor, reason, moved_by, moved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)

  /// Cash that came in less what went out, by orders and otherwise.
  static let cash = Statement(
    """
    SELECT coalesce(sum(part.minor), 0)::bigint
      FROM (SELECT CASE WHEN m.direction = 'in' THEN m.amount_minor ELSE -m.amount_minor END AS minor
              FROM pos_cash_move AS m WHERE m.session_id = $1
            UNION ALL
            SELECT p.amount_minor FROM pos_payment AS p WHERE p.session_id = $1 AND p.method = 'cash') AS part
    """)

  static let hasOpenOrders = Statement("SELECT 1 FROM pos_order WHERE session_id = $1 AND status = 'open' LIMIT 1")

  static let one = Statement(
    """
    SELECT s.id, s.terminal_id, t.code, s.state, s.currency, s.float_minor, s.expected_minor, s.counted_minor,
           s.opened_by, s.opened_at, s.closed_by, s.closed_at, s.version,
           coalesce(cash.moved_in, 0)::bigint, coalesce(cash.moved_out, 0)::bigint, coalesce(paid.cash, 0)::bigint,
           coalesce(paid.card, 0)::bigint, coalesce(paid.transfer, 0)::bigint, coalesce(sold.orders, 0)::bigint
      FROM pos_session AS s
      JOIN pos_terminal AS t ON t.id = s.terminal_id
      LEFT JOIN LATERAL (
        SELECT sum(CASE WHEN m.direction = 'in' THEN m.amount_minor END) AS moved_in,
               sum(CASE WHEN m.direction = 'out' THEN m.amount_minor END) AS moved_out
          FROM pos_cash_move AS m WHERE m.session_id = s.id) AS cash ON true
      LEFT JOIN LATERAL (
        SELECT sum(CASE WHEN p.method = 'cash' THEN p.amount_minor END) AS cash,
               sum(CASE WHEN p.method = 'card' THEN p.amount_minor END) AS card,
               sum(CASE WHEN p.method = 'transfer' THEN p.amount_minor END) AS transfer
          FROM pos_payment AS p WHERE p.session_id = s.id) AS paid ON true
      LEFT JOIN LATERAL (
        SELECT count(*) AS orders FROM pos_order AS o WHERE o.session_id = s.id) AS sold ON true
     WHERE s.id = $1
    """)

  /// Newest first. `$2` terminal, `$3` state, each NULL for any.
  static let list = Statement(
    """
    SELECT s.id, s.terminal_id, t.code, s.state, s.currency, s.float_minor, s.expected_minor, s.counted_minor,
           s.opened_by, s.opened_at, s.closed_by, s.closed_at, s.version
      FROM pos_session AS s JOIN pos_terminal AS t ON t.id = s.terminal_id
     WHERE s.id < $1 AND ($2::uuid IS NULL OR s.terminal_id = $2) AND ($3::text IS NULL OR s.state = $3)
     ORDER BY s.id DESC LIMIT $4
    """)

  static func summary(_ row: Row) throws(Refusal) -> JSON { .object(try members(row)) }

  /// With the sums of what went through the drawer.
  static func json(_ row: Row) throws(Refusal) -> JSON {
    let currency = try row.currency(4)
    var members = try members(row)
    for (name, column) in [("cashIn", 13), ("cashOut", 14), ("cashPaid", 15), ("cardPaid", 16), ("transferPaid", 17)] {
      members.append(.init(name, .string(try row.money(column, currency).text)))
    }
    return .object(members + [.init("orders", .int(try row.int(18)))])
  }

  private static func members(_ row: Row) throws(Refusal) -> [JSON.Member] {
    let currency = try row.currency(4)
    var difference: JSON = .null
    if let expected = row.intOrNil(6), let counted = row.intOrNil(7) {
      difference = .string(Money(minor: counted - expected, currency).text)
    }
    return [
      .init("id", .id(try row.id(0))), .init("terminalId", .id(try row.id(1))),
      .init("terminal", .string(try row.text(2))), .init("state", .string(try row.text(3))),
      .init("currency", .string(currency.code)), .init("float", .string(try row.money(5, currency).text)),
      .init("expected", .optional(row.intOrNil(6).map { Money(minor: $0, currency).text })),
      .init("counted", .optional(row.intOrNil(7).map { Money(minor: $0, currency).text })),
      .init("difference", difference), .init("openedBy", .string(try row.text(8))),
      .init("openedAt", .instant(try row.instant(9))), .init("closedBy", row.jsonText(10)),
      .init("closedAt", .optional(row.instantOrNil(11).map(\.description))), .init("version", .int(try row.int(12))),
    ]
  }
}
