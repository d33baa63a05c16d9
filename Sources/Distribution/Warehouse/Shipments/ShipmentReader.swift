import BulkheadCore
import BulkheadData

/// Reads shipments.
enum ShipmentReader {
  /// Header, lines, packages and what is in them: four queries for one round trip.
  static func queries(_ shipment: EntityID) -> [Query] {
    [
      Query(header, .id(shipment)), Query(lines, .id(shipment)), Query(packages, .id(shipment)),
      Query(items, .id(shipment)),
    ]
  }

  /// The shipment in the answer of `queries`, or `nil`.
  static func shipment(_ rows: [Rows]) throws(Refusal) -> OutboundShipment? {
    guard rows.count == 4, let row = rows[0].first else { return nil }
    let currency = try row.currency(15)
    var lines: [OutboundShipment.Line] = []
    for line in rows[1] { lines.append(try OutboundShipment.Line(line, currency)) }
    return OutboundShipment(
      id: try row.id(0), number: try row.text(1), orderID: try row.id(2), orderNumber: try row.text(3),
      poNumber: row.textOrNil(4), customerID: try row.id(5), customerCode: try row.text(6),
      warehouse: try row.text(7), waveID: try row.id(8), phase: try row.known(9), carrier: row.textOrNil(10),
      service: row.textOrNil(11), trackingNumber: row.textOrNil(12), shippedAt: row.instantOrNil(13),
      amount: try row.money(14, currency), createdAt: try row.instant(16), version: try row.int(17), lines: lines,
      packages: try packages(rows[2], rows[3]))
  }

  private static func packages(_ rows: Rows, _ contents: Rows) throws(Refusal) -> [OutboundShipment.Package] {
    var items: [EntityID: [OutboundShipment.Item]] = [:]
    for row in contents {
      let item = OutboundShipment.Item(
        orderLine: Int(try row.int(1)), sku: try row.text(2), lot: row.textOrNil(3), quantity: try row.quantity(4))
      items[try row.id(0), default: []].append(item)
    }
    var packages: [OutboundShipment.Package] = []
    for row in rows {
      let id = try row.id(0)
      packages.append(
        OutboundShipment.Package(
          id: id, number: Int(try row.int(1)), sscc: try row.text(2), type: try row.text(3), state: try row.text(4),
          weightGrams: row.isNull(5) ? nil : try row.quantity(5), items: items[id] ?? []))
    }
    return packages
  }

  static let header = Statement(
    """
    SELECT s.id, s.number, s.order_id, o.number, o.po_number, s.customer_id, customer.code, warehouse.code, s.wave_id,
           s.state, s.carrier, s.service, s.tracking_number, s.shipped_at, s.amount_minor, s.currency, s.created_at,
           s.version
      FROM shipment AS s
      JOIN sales_order AS o ON o.id = s.order_id
      JOIN party AS customer ON customer.id = s.customer_id
      JOIN location AS warehouse ON warehouse.id = s.warehouse_id
     WHERE s.id = $1
    """)

  static let lines = Statement(
    """
    SELECT l.id, l.order_line_id, ol.line_no, l.product_id, p.sku, p.name, p.base_uom, l.qty, l.picked, l.packed,
           l.shipped, l.amount_minor
      FROM shipment_line AS l
      JOIN sales_order_line AS ol ON ol.id = l.order_line_id
      JOIN product AS p ON p.id = l.product_id
     WHERE l.shipment_id = $1
     ORDER BY ol.line_no
    """)

  static let packages = Statement(
    """
    SELECT p.id, p.number, p.sscc, p.type, p.state, p.weight_grams
      FROM package AS p WHERE p.shipment_id = $1 ORDER BY p.number
    """)

  static let items = Statement(
    """
    SELECT i.package_id, ol.line_no, product.sku, lot.code, i.qty
      FROM package AS p
      JOIN package_item AS i ON i.package_id = p.id
      JOIN shipment_line AS l ON l.id = i.shipment_line_id
      JOIN sales_order_line AS ol ON ol.id = l.order_line_id
      JOIN product AS product ON product.id = i.product_id
      LEFT JOIN lot AS lot ON lot.id = i.lot_id
     WHERE p.shipment_id = $1
     ORDER BY p.number, ol.line_no, lot.code
    """)

  /// `$2` state, `$3` order, `$4` wave, each NULL for any; newest first.
  static let list = Statement(
    """
    SELECT s.id, s.number, s.order_id, o.number, s.customer_id, customer.code, s.wave_id, s.state, s.tracking_number,
           s.shipped_at, s.amount_minor, s.currency, s.created_at, s.version
      FROM shipment AS s
      JOIN sales_order AS o ON o.id = s.order_id
      JOIN party AS customer ON customer.id = s.customer_id
     WHERE s.id < $1 AND ($2::text IS NULL OR s.state = $2) AND ($3::uuid IS NULL OR s.order_id = $3)
       AND ($4::uuid IS NULL OR s.wave_id = $4)
     ORDER BY s.id DESC LIMIT $5
    """)

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "orderId": .id(try row.id(2)),
      "order": .string(try row.text(3)), "customerId": .id(try row.id(4)), "customer": .string(try row.text(5)),
      "waveId": .id(try row.id(6)), "state": .string(try row.text(7)), "trackingNumber": row.jsonText(8),
      "shippedAt": row.instantOrNil(9).map { .instant($0) } ?? .null,
      "amount": try row.money(10, try row.currency(11)).json, "createdAt": .instant(try row.instant(12)),
      "version": .int(try row.int(13)),
    ]
  }

  static let history = Statement(
    """
    SELECT h.id, h.at, h.actor, h.event, h.from_state, h.to_state, h.detail
      FROM shipment_history AS h WHERE h.shipment_id = $1 ORDER BY h.id
    """)

  static let exists = Statement("SELECT 1 FROM shipment WHERE id = $1")
}

extension OutboundShipment.Line {
  fileprivate init(_ row: Row, _ currency: Currency) throws(Refusal) {
    id = try row.id(0)
    orderLineID = try row.id(1)
    orderLine = Int(try row.int(2))
    productID = try row.id(3)
    sku = try row.text(4)
    name = try row.text(5)
    baseUnit = try row.text(6)
    quantity = try row.quantity(7)
    picked = try row.quantity(8)
    packed = try row.quantity(9)
    shipped = try row.quantity(10)
    amount = try row.money(11, currency)
  }
}
