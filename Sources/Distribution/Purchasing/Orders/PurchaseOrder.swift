import BulkheadCore
import BulkheadData

/// A purchase order as it stands.
struct PurchaseOrder: Sendable {
  struct Line: Sendable {
    let id: EntityID
    let number: Int64
    let productID: EntityID
    let sku: String
    let baseUnit: String
    let entered: Quantity
    let unit: String
    /// Base units from here on.
    let ordered: Quantity
    let received: Quantity
    let open: Quantity
    let cancelled: Quantity
    let invoiced: Quantity
    let returned: Quantity
    /// Of one base unit.
    let unitPrice: UnitPrice
    let priceSource: String
    let suggestionID: EntityID?
    let amount: Money
  }

  let id: EntityID
  let number: String
  let supplierID: EntityID
  let supplier: String
  let warehouse: String
  let status: PurchaseStatus
  let receiptState: String
  let invoiceState: String
  let matchState: String
  let expectedOn: CivilDate
  let total: Money
  let createdAt: Instant
  let version: Int64
  let lines: [Line]

  var json: JSON {
    guard case .object(let members) = summary else { return .null }
    return .object(members + [.init("lines", .array(lines.map(\.json)))])
  }

  var summary: JSON {
    [
      "id": .id(id), "number": .string(number), "supplierId": .id(supplierID), "supplier": .string(supplier),
      "warehouse": .string(warehouse), "status": .string(status.rawValue), "receiptState": .string(receiptState),
      "invoiceState": .string(invoiceState), "matchState": .string(matchState),
      "expectedOn": .string(expectedOn.description), "total": total.json, "createdAt": .instant(createdAt),
      "version": .int(version),
    ]
  }
}

extension PurchaseOrder.Line {
  var json: JSON {
    [
      "id": .id(id), "line": .int(number), "productId": .id(productID), "sku": .string(sku),
      "quantity": entered.json, "unit": .string(unit), "baseUnit": .string(baseUnit), "ordered": ordered.json,
      "received": received.json, "open": open.json, "cancelled": cancelled.json, "invoiced": invoiced.json,
      "returned": returned.json,
      "unitPrice": unitPrice.json, "priceSource": .string(priceSource),
      "suggestionId": suggestionID.map { .id($0) } ?? .null, "amount": .string(amount.text),
    ]
  }
}

/// Reads purchase orders. What came and what was billed is derived from the lines.
enum PurchaseReader {
  /// Header and lines of one order: two queries for one round trip.
  static func queries(_ order: EntityID) -> [Query] { [Query(header, .id(order)), Query(lines, .id(order))] }

  /// The order in the answer of `queries`, or `nil`.
  static func order(_ rows: ArraySlice<Rows>) throws(Refusal) -> PurchaseOrder? {
    guard rows.count == 2, let row = rows[rows.startIndex].first else { return nil }
    let currency = try row.currency(10)
    var lines: [PurchaseOrder.Line] = []
    for line in rows[rows.startIndex + 1] { lines.append(try PurchaseOrder.Line(line, currency)) }
    return try order(row, lines)
  }

  static func order(_ row: Row, _ lines: [PurchaseOrder.Line] = []) throws(Refusal) -> PurchaseOrder {
    PurchaseOrder(
      id: try row.id(0), number: try row.text(1), supplierID: try row.id(2), supplier: try row.text(3),
      warehouse: try row.text(4), status: try row.known(5), receiptState: try row.text(6),
      invoiceState: try row.text(7), matchState: try row.text(8), expectedOn: try CivilDate(try row.text(9)),
      total: try row.money(11, try row.currency(10)), createdAt: try row.instant(12), version: try row.int(13),
      lines: lines)
  }

  private static let header = Statement(
    """
    SELECT o.id, o.number, o.supplier_id, supplier.code, warehouse.code, o.status,
           CASE WHEN sums.received = 0 THEN 'none' WHEN sums.missing THEN 'partial' WHEN sums.beyond THEN 'over'
             ELSE 'full' END,
           CASE WHEN sums.invoiced = 0 THEN 'none' WHEN sums.unbilled THEN 'partial' ELSE 'full' END,
           CASE WHEN held.is_held THEN 'held' WHEN sums.invoiced > 0 THEN 'matched' ELSE 'none' END,
           o.expected_on, o.currency, o.total_minor, o.created_at, o.version
      FROM purchase_order AS o
      JOIN party AS supplier ON supplier.id = o.supplier_id
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
      LEFT JOIN LATERAL (
        SELECT sum(l.received - l.reopened) AS received, sum(l.invoiced) AS invoiced, bool_or(l.open > 0) AS missing,
               bool_or(l.received - l.reopened > l.ordered) AS beyond,
               bool_or(l.invoiced + l.returned_open < l.received OR l.open > 0) AS unbilled
          FROM purchase_order_line AS l WHERE l.order_id = o.id) AS sums ON true
      LEFT JOIN LATERAL (
        SELECT EXISTS (
          SELECT 1 FROM purchase_order_line AS l
            JOIN supplier_invoice_line AS billed ON billed.order_line_id = l.id
            JOIN supplier_invoice AS invoice ON invoice.id = billed.invoice_id
           WHERE l.order_id = o.id AND invoice.state = 'held') AS is_held) AS held ON true
     WHERE o.id = $1
    """)

  /// Newest first. `$2` status, `$3` supplier, each NULL for any.
  static let list = Statement(
    """
    SELECT o.id, o.number, o.supplier_id, supplier.code, warehouse.code, o.status,
           CASE WHEN sums.received = 0 THEN 'none' WHEN sums.missing THEN 'partial' WHEN sums.beyond THEN 'over'
             ELSE 'full' END,
           CASE WHEN sums.invoiced = 0 THEN 'none' WHEN sums.unbilled THEN 'partial' ELSE 'full' END,
           CASE WHEN held.is_held THEN 'held' WHEN sums.invoiced > 0 THEN 'matched' ELSE 'none' END,
           o.expected_on, o.currency, o.total_minor, o.created_at, o.version
      FROM purchase_order AS o
      JOIN party AS supplier ON supplier.id = o.supplier_id
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
      LEFT JOIN LATERAL (
        SELECT sum(l.received - l.reopened) AS received, sum(l.invoiced) AS invoiced, bool_or(l.open > 0) AS missing,
               bool_or(l.received - l.reopened > l.ordered) AS beyond,
               bool_or(l.invoiced + l.returned_open < l.received OR l.open > 0) AS unbilled
          FROM purchase_order_line AS l WHERE l.order_id = o.id) AS sums ON true
      LEFT JOIN LATERAL (
        SELECT EXISTS (
          SELECT 1 FROM purchase_order_line AS l
            JOIN supplier_invoice_line AS billed ON billed.order_line_id = l.id
            JOIN supplier_invoice AS invoice ON invoice.id = billed.invoice_id
           WHERE l.order_id = o.id AND invoice.state = 'held') AS is_held) AS held ON true
     WHERE o.id < $1 AND ($2::text IS NULL OR o.status = $2) AND ($3::uuid IS NULL OR o.supplier_id = $3)
     ORDER BY o.id DESC LIMIT $4
    """)

  private static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.product_id, p.sku, p.base_uom, l.entered_qty, l.entered_uom, l.ordered, l.received,
           l.open, l.cancelled, l.invoiced, l.unit_price, l.price_source, l.suggestion_id, l.amount_minor,
           l.returned
      FROM purchase_order_line AS l JOIN product AS p ON p.id = l.product_id
     WHERE l.order_id = $1 ORDER BY l.line_no
    """)

  static let exists = Statement("SELECT 1 FROM purchase_order WHERE id = $1")

  static let history = Statement(
    """
    SELECT h.id, h.at, h.actor, h.event, h.from_status, h.to_status, h.detail
      FROM purchase_order_history AS h WHERE h.order_id = $1 ORDER BY h.id
    """)
}

extension PurchaseOrder.Line {
  fileprivate init(_ row: Row, _ currency: Currency) throws(Refusal) {
    id = try row.id(0)
    number = try row.int(1)
    productID = try row.id(2)
    sku = try row.text(3)
    baseUnit = try row.text(4)
    entered = try row.quantity(5)
    unit = try row.text(6)
    ordered = try row.quantity(7)
    received = try row.quantity(8)
    open = try row.quantity(9)
    cancelled = try row.quantity(10)
    invoiced = try row.quantity(11)
    unitPrice = try row.price(12)
    priceSource = try row.text(13)
    suggestionID = row.idOrNil(14)
    amount = try row.money(15, currency)
    returned = try row.quantity(16)
  }
}
