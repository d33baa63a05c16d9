import BulkheadCore
import BulkheadData

/// Events that can be told to the outside, and what can be said of them.
enum NotificationEvent: String, Sendable, CaseIterable {
  case orderConfirmed = "order.confirmed"
  case shipmentShipped = "shipment.shipped"
  case invoicePosted = "invoice.posted"
  case alertOpened = "alert.opened"

  /// The thing that the event is about, and its facts: `{{order.number}}`.
  var member: String {
    switch self {
    case .orderConfirmed: "order"
    case .shipmentShipped: "shipment"
    case .invoicePosted: "invoice"
    case .alertOpened: "alert"
    }
  }

  var subject: String {
    switch self {
    case .orderConfirmed: "{{brand}}: order {{order.number}} is confirmed"
    case .shipmentShipped: "{{brand}}: shipment {{shipment.number}} is on its way"
    case .invoicePosted: "{{brand}}: invoice {{invoice.number}}"
    case .alertOpened: "{{brand}}: {{alert.rule}} of {{alert.sku}}"
    }
  }

  var text: String {
    switch self {
    case .orderConfirmed: "Order {{order.number}} ({{order.poNumber}}) over {{order.total}} {{order.currency}}."
    case .shipmentShipped:
      "{{shipment.number}} for order {{shipment.order}} left by {{shipment.carrier}}: {{shipment.trackingNumber}}."
    case .invoicePosted:
      "Invoice {{invoice.number}} over {{invoice.total}} {{invoice.currency}}, due on {{invoice.dueOn}}."
    case .alertOpened: "{{alert.sku}} in {{alert.location}}: {{alert.onHand}} on hand."
    }
  }

  func query(_ id: EntityID) -> Query {
    switch self {
    case .orderConfirmed: Query(Self.order, .id(id))
    case .shipmentShipped: Query(Self.shipment, .id(id))
    case .invoicePosted: Query(Self.invoice, .id(id))
    case .alertOpened: Query(AlertStatements.one, .id(id))
    }
  }

  func facts(_ row: Row) throws(Refusal) -> JSON {
    switch self {
    case .orderConfirmed:
      let currency = try row.currency(4)
      return [
        "id": .id(try row.id(0)), "number": .string(try row.text(1)), "customer": .string(try row.text(2)),
        "poNumber": row.jsonText(3), "currency": .string(currency.code),
        "total": .string(try row.money(5, currency).text), "status": .string(try row.text(6)),
      ]
    case .shipmentShipped:
      return [
        "id": .id(try row.id(0)), "number": .string(try row.text(1)), "order": .string(try row.text(2)),
        "customer": .string(try row.text(3)), "poNumber": row.jsonText(4), "carrier": row.jsonText(5),
        "trackingNumber": row.jsonText(6),
      ]
    case .invoicePosted:
      let currency = try row.currency(4)
      return [
        "id": .id(try row.id(0)), "number": row.jsonText(1), "kind": .string(try row.text(2)),
        "customer": .string(try row.text(3)), "currency": .string(currency.code),
        "total": .string(try row.money(5, currency).text), "dueOn": row.jsonText(6),
      ]
    case .alertOpened:
      let alert = try AlertStatements.alert(row)
      return [
        "id": alert["id"] ?? .null, "rule": alert["rule"] ?? .null, "sku": alert["sku"] ?? .null,
        "location": alert["location"] ?? .null, "onHand": alert["detail"]?["onHand"] ?? .null,
        "position": alert["detail"]?["position"] ?? .null,
        "reorderPoint": alert["detail"]?["reorderPoint"] ?? .null,
      ]
    }
  }

  private static let order = Statement(
    """
    SELECT o.id, o.number, customer.code, o.po_number, o.currency, o.total_minor, o.status
      FROM sales_order AS o JOIN party AS customer ON customer.id = o.customer_id WHERE o.id = $1
    """)

  private static let shipment = Statement(
    """
    SELECT s.id, s.number, o.number, customer.code, o.po_number, s.carrier, s.tracking_number
      FROM shipment AS s
      JOIN sales_order AS o ON o.id = s.order_id
      JOIN party AS customer ON customer.id = o.customer_id
     WHERE s.id = $1
    """)

  private static let invoice = Statement(
    """
    SELECT i.id, i.number, i.kind, customer.code, i.currency, i.total_minor, i.due_on
      FROM invoice AS i JOIN party AS customer ON customer.id = i.customer_id WHERE i.id = $1
    """)
}
