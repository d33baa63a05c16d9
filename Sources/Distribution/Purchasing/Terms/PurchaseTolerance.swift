import BulkheadCore
import BulkheadData

/// How far deliveries and invoices of one legal entity may differ from what was ordered.
struct PurchaseTolerance: Sendable, Hashable {
  /// Percent of the ordered quantity that may come in beyond it.
  let overReceiptPercent: UnitPrice
  /// Percent of the ordered price that an invoice may differ by, up or down.
  let pricePercent: UnitPrice
  /// The most that a whole line may differ by, in minor units; `nil`: only the percentage counts.
  let priceMinor: Int64?
  /// 0: nobody has set anything.
  let version: Int64

  /// The most that may come in when `ordered` was ordered.
  func receivable(_ ordered: Quantity) throws(Refusal) -> Quantity {
    guard
      let extra = Rounding.product(
        Int128(ordered.millionths), overReceiptPercent.scaled, over: 100 * UnitPrice.one)
    else { throw Refusal(.quantityOverflow, "The quantity has more than 12 digits before the point.") }
    return try Quantity(millionths: Int128(ordered.millionths) + extra)
  }

  /// Those of the default legal entity.
  static let query = Query(statement)

  private static let statement = Statement(
    """
    SELECT setting.over_receipt_percent, setting.price_tolerance_percent, setting.price_tolerance_minor,
           setting.version
      FROM purchasing_setting AS setting
      JOIN legal_entity AS entity ON entity.id = setting.legal_entity_id
     WHERE entity.is_default
    """)

  static let upsert = Statement(
    """
    INSERT INTO purchasing_setting AS setting
      (legal_entity_id, over_receipt_percent, price_tolerance_percent, price_tolerance_minor)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (legal_entity_id) DO UPDATE SET over_receipt_percent = excluded.over_receipt_percent,
      price_tolerance_percent = excluded.price_tolerance_percent,
      price_tolerance_minor = excluded.price_tolerance_minor, version = setting.version + 1
    """)

  /// Without a row: nothing over, 2 % of the price.
  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else {
      self.init(overReceiptPercent: .zero, pricePercent: try UnitPrice("2"), priceMinor: nil, version: 0)
      return
    }
    self.init(
      overReceiptPercent: try row.price(0), pricePercent: try row.price(1), priceMinor: row.intOrNil(2),
      version: try row.int(3))
  }

  init(overReceiptPercent: UnitPrice, pricePercent: UnitPrice, priceMinor: Int64?, version: Int64 = 0) {
    self.overReceiptPercent = overReceiptPercent
    self.pricePercent = pricePercent
    self.priceMinor = priceMinor
    self.version = version
  }

  func json(_ currency: Currency) -> JSON {
    [
      "overReceiptPercent": overReceiptPercent.json, "priceTolerancePercent": pricePercent.json,
      "priceToleranceAmount": priceMinor.map { .string(Money(minor: $0, currency).text) } ?? .null,
    ]
  }
}
