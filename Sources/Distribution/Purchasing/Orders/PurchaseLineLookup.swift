import BulkheadCore
import BulkheadData

/// A line of a purchase order as a receipt or an invoice names it, with the unit that it is counted in there.
struct NamedPurchaseLine: Sendable {
  let id: EntityID
  let orderID: EntityID
  let supplierID: EntityID
  let orderStatus: PurchaseStatus
  let productID: EntityID
  let sku: String
  let tracking: Tracking
  /// What came, less what went back and is expected once more.
  let received: Quantity
  let receivable: Quantity
  let open: Quantity
  /// What came, did not go back before it was billed, and is not billed yet.
  let billable: Quantity
  /// Of one base unit.
  let unitPrice: UnitPrice
  let unit: String
  /// `nil`: the product has no such unit.
  let conversion: UnitConversion?

  /// `unit` NULL: the unit in which it was ordered.
  static func query(_ ids: [EntityID], units: [String?]) -> Query {
    Query(statement, .ints(ids.indices.map { Int64($0) }), .ids(ids), .texts(units))
  }

  /// Locks the orders of the lines, in the order of their ids.
  static func lock(_ ids: [EntityID]) -> Query { Query(lockStatement, .ids(Set(ids).sorted())) }

  private static let lockStatement = Statement(
    """
    SELECT o.id FROM purchase_order AS o
     WHERE o.id IN (SELECT l.order_id FROM purchase_order_line AS l WHERE l.id = ANY ($1::uuid[]))
     ORDER BY o.id FOR UPDATE OF o
    """)

  private static let statement = Statement(
    """
    SELECT want.n, l.id, l.order_id, o.supplier_id, o.status, l.product_id, p.sku, p.tracking, l.received - l.reopened,
           l.receivable, l.open, l.received - l.returned_open - l.invoiced, l.unit_price,
           coalesce(want.uom, l.entered_uom), p.base_uom, coalesce(own.numerator, shared.numerator),
           coalesce(own.denominator, shared.denominator)
      FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS want (n, id, uom)
      JOIN purchase_order_line AS l ON l.id = want.id
      JOIN purchase_order AS o ON o.id = l.order_id
      JOIN product AS p ON p.id = l.product_id
      LEFT JOIN uom_conversion AS own
        ON own.product_key = p.id AND own.to_uom = p.base_uom
           AND own.from_uom = CASE WHEN want.uom IS NOT NULL THEN want.uom ELSE l.entered_uom END
      LEFT JOIN uom_conversion AS shared
        ON shared.product_key = '00000000-0000-0000-0000-000000000000' AND shared.to_uom = p.base_uom
           AND shared.from_uom = CASE WHEN want.uom IS NOT NULL THEN want.uom ELSE l.entered_uom END
    """)

  /// One element for each id, `nil` where nothing was found.
  static func read(_ rows: Rows, count: Int) throws(Refusal) -> [NamedPurchaseLine?] {
    var lines = [NamedPurchaseLine?](repeating: nil, count: count)
    for row in rows {
      let index = Int(try row.int(0))
      guard lines.indices.contains(index) else { continue }
      lines[index] = try NamedPurchaseLine(row)
    }
    return lines
  }

  private init(_ row: Row) throws(Refusal) {
    id = try row.id(1)
    orderID = try row.id(2)
    supplierID = try row.id(3)
    orderStatus = try row.known(4)
    productID = try row.id(5)
    sku = try row.text(6)
    tracking = try row.known(7)
    received = try row.quantity(8)
    receivable = try row.quantity(9)
    open = try row.quantity(10)
    billable = try row.quantity(11)
    unitPrice = try row.price(12)
    unit = try row.text(13)
    if try unit == row.text(14) {
      conversion = .identity
    } else if let numerator = row.intOrNil(15), let denominator = row.intOrNil(16) {
      conversion = try UnitConversion(numerator, denominator)
    } else {
      conversion = nil
    }
  }

  /// `entered` of the unit in base units, refused at `pointer` with `quantity.overflow` or `quantity.notPositive`.
  func base(_ entered: Quantity, at pointer: String) throws(Refusal) -> Quantity {
    do throws(Refusal) {
      let base = try (conversion ?? .identity).toBase(entered)
      guard base.isPositive else {
        throw Refusal(.quantityNotPositive, "The quantity is less than a millionth of a base unit.")
      }
      return base
    } catch { throw Refusal(error.code, error.detail, at: pointer) }
  }
}
