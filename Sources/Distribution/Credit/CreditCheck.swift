import BulkheadCore
import BulkheadData

/// What a customer owes and has been promised, in minor units.
struct CreditPosition: Sendable {
  /// `nil`: no limit.
  let limit: Int64?
  let openReceivable: Int64
  let unbilled: Int64
  let openOrders: Int64

  /// Reads the customer's position and holds it still until the transaction ends: of two orders at once, the second
  /// sees the first.
  static func lock(_ customer: EntityID) -> Query { Query(lockStatement, .id(customer)) }

  static let lockStatement = Statement(
    """
    SELECT limit_minor, open_receivable_minor, unbilled_minor, open_orders_minor
      FROM credit_account WHERE customer_id = $1 FOR UPDATE
    """)

  /// Adds to (or, negative, takes from) what is promised.
  static func promise(_ minor: Int64, to customer: EntityID) -> Query {
    Query(promiseStatement, .id(customer), .int(minor))
  }

  static let promiseStatement = Statement(
    """
    UPDATE credit_account SET open_orders_minor = open_orders_minor + $2::bigint, version = version + 1
     WHERE customer_id = $1
    """)

  init(limit: Int64?, openReceivable: Int64, unbilled: Int64, openOrders: Int64) {
    self.limit = limit
    self.openReceivable = openReceivable
    self.unbilled = unbilled
    self.openOrders = openOrders
  }

  /// A customer always has a row; without one nothing is owed and nothing is limited.
  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else {
      self.init(limit: nil, openReceivable: 0, unbilled: 0, openOrders: 0)
      return
    }
    try self.init(row, from: 0)
  }

  /// `column`: where in `row` the columns begin.
  init(_ row: Row, from column: Int) throws(Refusal) {
    self.init(
      limit: row.intOrNil(column), openReceivable: try row.int(column + 1), unbilled: try row.int(column + 2),
      openOrders: try row.int(column + 3))
  }

  /// With `minor` more promised.
  func promising(_ minor: Int64) throws(Refusal) -> CreditPosition {
    let (sum, overflow) = openOrders.addingReportingOverflow(minor)
    guard !overflow else { throw Refusal(.moneyOverflow, "The customer's open orders are too large.") }
    return CreditPosition(limit: limit, openReceivable: openReceivable, unbilled: unbilled, openOrders: sum)
  }

  /// Whether `amount` more may be promised: open receivables + unbilled shipments + open orders + this <= limit.
  func allows(_ amount: Money) -> Bool {
    guard let limit else { return true }
    let used = Int128(openReceivable) + Int128(unbilled) + Int128(openOrders)
    return used + Int128(amount.minor) <= Int128(limit)
  }
}
