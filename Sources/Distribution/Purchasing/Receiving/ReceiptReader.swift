import BulkheadCore
import BulkheadData

/// Receipts as answers show them.
enum ReceiptReader {
  /// The receipt in the answer of `ReceiptStatements.queries`, or `nil`.
  static func receipt(_ rows: ArraySlice<Rows>) throws(Refusal) -> JSON? {
    guard rows.count == 2, let row = rows[rows.startIndex].first, case .object(let members) = try summary(row) else {
      return nil
    }
    let currency = try row.currency(7)
    var value = Money(minor: 0, currency)
    var lines: [JSON] = []
    for line in rows[rows.startIndex + 1] {
      let worth = try line.money(13, currency)
      value = try value.adding(worth)
      lines.append([
        "id": .id(try line.id(0)), "line": .int(try line.int(1)), "orderLineId": .id(try line.id(2)),
        "sku": .string(try line.text(3)), "location": .string(try line.text(4)), "lot": line.jsonText(5),
        "condition": .string(try line.text(6)), "quantity": try line.quantity(7).json,
        "advised": line.isNull(8) ? .null : try line.quantity(8).json, "short": try line.quantity(9).json,
        "over": try line.quantity(10).json, "invoiced": try line.quantity(11).json,
        "returned": try line.quantity(14).json,
        "unitCost": try line.price(12).json, "value": .string(worth.text),
      ])
    }
    return .object(members + [.init("value", value.json), .init("lines", .array(lines))])
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "orderId": .id(try row.id(2)),
      "order": .string(try row.text(3)), "deliveryNote": row.jsonText(4), "receivedOn": .string(try row.text(5)),
      "createdAt": .instant(try row.instant(6)),
    ]
  }
}
