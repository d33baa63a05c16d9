import BulkheadCore
import BulkheadData

/// Closes and reopens stock, month by month.
///
/// The calendar's row is held by every posting until it commits (`stock_move_admit`), so the lock below waits for those
/// under way, and what comes after waits for us and is then refused.
struct StockPeriodDesk {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// Closes the month that `day` lies in, and everything before it: what lies where at its end is written down.
  ///
  /// Refuses in this order: `date.malformed`, `stockPeriod.notOver`, `stockPeriod.closed`, `stockPeriod.movesAssigned`.
  func close(_ day: CivilDate, in tx: Transaction) async throws -> StockPeriod {
    let now = services.ambient.now
    let month = try StockMonth(of: day)
    guard month.endsAt <= now else {
      throw Refusal(.stockPeriodNotOver, "The month is not over.", at: "/month")
    }
    let rows = try await tx.run(
      Query(StockPeriodStatements.openCalendar), Query(StockPeriodStatements.lockCalendar),
      Query(StockPeriodStatements.latest), Query(StockPeriodStatements.assigned, .instant(month.endsAt)))
    let latest = try rows[2].first.map { row throws(Refusal) in try StockPeriod(row) }
    if let latest, latest.endsAt >= month.endsAt {
      throw Refusal(.stockPeriodClosed, "Stock is closed until the end of this month already.", at: "/month")
    }
    guard rows[3].isEmpty else {
      throw Refusal(
        .stockPeriodMovesAssigned, "Goods are assigned to planned moves of this month: do or release them first.",
        at: "/month")
    }
    let period = StockPeriod(
      id: services.ambient.makeID(), startsOn: month.startsOn, endsAt: month.endsAt, isClosed: true, closedAt: now,
      reopenedAt: nil, version: 1)
    _ = try await ConstraintRefusals.translating {
      try await tx.run(
        Query(
          StockPeriodStatements.insert, .id(period.id), .date(period.startsOn), .instant(period.endsAt),
          .text(tx.context.actor.description), .instant(now)),
        Query(StockPeriodStatements.balances, .id(period.id), .instant(period.endsAt)),
        Query(StockPeriodStatements.setClosed, .instant(period.endsAt)))
    }
    try tell("stock_period.closed", period, in: tx)
    return period
  }

  /// Opens the latest closed month again; what was written down of it is not used any more.
  ///
  /// Refuses in this order: `resource.notFound`, `stockPeriod.notLatest` (opened already, or later ones are closed).
  func reopen(_ id: EntityID, in tx: Transaction) async throws -> StockPeriod {
    let now = services.ambient.now
    let rows = try await tx.run(
      Query(StockPeriodStatements.openCalendar), Query(StockPeriodStatements.lockCalendar),
      Query(StockPeriodStatements.one, .id(id)), Query(StockPeriodStatements.latest),
      Query(StockPeriodStatements.before, .id(id)))
    guard let row = rows[2].first else { throw Refusal.notFound }
    var period = try StockPeriod(row)
    guard let latest = rows[3].first, try latest.id(0) == id else {
      throw Refusal(.stockPeriodNotLatest, "Only the latest closed month can be opened again.")
    }
    let earlier = try rows[4].first.map { row throws(Refusal) in try StockPeriod(row).endsAt }
    period.isClosed = false
    period.reopenedAt = now
    period.version += 1
    let queries = [
      Query(StockPeriodStatements.reopen, .id(id), .text(tx.context.actor.description), .instant(now)),
      Query(StockPeriodStatements.setClosed, .optional(earlier)),
    ]
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    try tell("stock_period.reopened", period, in: tx)
    return period
  }

  private func tell(_ event: String, _ period: StockPeriod, in tx: Transaction) throws {
    let detail: JSON = ["period": .id(period.id), "month": .string(period.startsOn.description)]
    try tx.enqueue(
      services.outbox.query(topic: event, key: period.id.description, payload: detail, context: tx.context))
    try tx.enqueue(
      services.audit.query(event, subject: "stock_period:\(period.id)", detail: detail, context: tx.context))
  }
}

/// A month that stock was closed by.
struct StockPeriod: Sendable {
  let id: EntityID
  let startsOn: CivilDate
  let endsAt: Instant
  var isClosed: Bool
  let closedAt: Instant
  var reopenedAt: Instant?
  var version: Int64
}

extension StockPeriod {
  init(_ row: Row) throws(Refusal) {
    self.init(
      id: try row.id(0), startsOn: try CivilDate(try row.text(1)), endsAt: try row.instant(2),
      isClosed: try row.text(3) == "closed", closedAt: try row.instant(4), reopenedAt: row.instantOrNil(5),
      version: try row.int(6))
  }

  var json: JSON {
    [
      "id": .id(id), "startsOn": .string(startsOn.description), "state": isClosed ? "closed" : "reopened",
      "closedAt": .instant(closedAt), "reopenedAt": reopenedAt.map { .instant($0) } ?? .null,
      "version": .int(version),
    ]
  }
}

/// The statements of closed stock.
enum StockPeriodStatements {
  static let openCalendar = Statement(
    "INSERT INTO stock_calendar (closed_before) VALUES (NULL) ON CONFLICT (id) DO NOTHING")

  static let lockCalendar = Statement("SELECT closed_before FROM stock_calendar FOR UPDATE")

  static let latest = Statement(
    """
    SELECT id, starts_on, ends_at, state, closed_at, reopened_at, version FROM stock_period
     WHERE state = 'closed' ORDER BY ends_at DESC LIMIT 1
    """)

  static let one = Statement(
    """
    SELECT id, starts_on, ends_at, state, closed_at, reopened_at, version FROM stock_period WHERE id = $1
    """)

  /// The closed month before another.
  static let before = Statement(
    """
    SELECT p.id, p.starts_on, p.ends_at, p.state, p.closed_at, p.reopened_at, p.version
      FROM stock_period AS p JOIN stock_period AS later ON later.id = $1 AND p.ends_at < later.ends_at
     WHERE p.state = 'closed' ORDER BY p.ends_at DESC LIMIT 1
    """)

  static let list = Statement(
    """
    SELECT id, starts_on, ends_at, state, closed_at, reopened_at, version FROM stock_period
     WHERE id < $1 ORDER BY id DESC LIMIT $2
    """)

  static let assigned = Statement(
    "SELECT 1 FROM planned_move WHERE state = 'assigned' AND planned_on < $1::timestamptz::date LIMIT 1")

  static let insert = Statement(
    "INSERT INTO stock_period (id, starts_on, ends_at, closed_by, closed_at) VALUES ($1, $2, $3, $4, $5)")

  /// Writes down what period `$1` ends with at `$2`: what lies there now, less what moved since. Postings are held up,
  /// and what moved since a month that is just over is little, however much there is in all.
  static let balances = Statement(
    """
    INSERT INTO stock_period_balance (period_id, quant_id, location_id, product_id, lot_key, on_hand)
    SELECT $1::uuid, q.id, q.location_id, q.product_id, q.lot_key, q.on_hand - coalesce(since.qty, 0)
      FROM stock_quant AS q
      LEFT JOIN (SELECT part.product_id, part.location_id, part.lot_key, part.package_key, part.owner_key,
                        sum(part.qty) AS qty
                   FROM (SELECT product_id, to_location_id AS location_id, lot_key, package_key, owner_key, qty
                           FROM stock_move WHERE effective_at >= $2
                         UNION ALL
                         SELECT product_id, from_location_id, lot_key, package_key, owner_key, -qty
                           FROM stock_move WHERE effective_at >= $2) AS part
                  GROUP BY part.product_id, part.location_id, part.lot_key, part.package_key, part.owner_key) AS since
        ON since.product_id = q.product_id AND since.location_id = q.location_id AND since.lot_key = q.lot_key
           AND since.package_key = q.package_key AND since.owner_key = q.owner_key
     WHERE q.on_hand <> coalesce(since.qty, 0)
    """)

  static let setClosed = Statement("UPDATE stock_calendar SET closed_before = $1::timestamptz")

  static let reopen = Statement(
    """
    UPDATE stock_period SET state = 'reopened', reopened_by = $2, reopened_at = $3, version = version + 1
     WHERE id = $1
    """)
}
