import BulkheadCore
import BulkheadData

/// Landed costs as answers show them.
enum LandedCostReader {
  /// The cost in the answer of `LandedCostStatements.queries`, with its version, or `nil`.
  static func cost(_ rows: ArraySlice<Rows>) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 2, let row = rows[rows.startIndex].first, case .object(let members) = try summary(row) else {
      return nil
    }
    let currency = try row.currency(5)
    var lines: [JSON] = []
    for line in rows[rows.startIndex + 1] {
      lines.append([
        "id": .id(try line.id(0)), "receiptLineId": .id(try line.id(1)), "receipt": .string(try line.text(2)),
        "sku": .string(try line.text(3)), "amount": .string(try line.money(4, currency).text),
        "inStock": line.isNull(5) ? .null : .string(try line.money(5, currency).text),
        "gone": line.isNull(6) ? .null : .string(try line.money(6, currency).text),
      ])
    }
    return (.object(members + [.init("lines", .array(lines))]), try row.int(11))
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "kind": .string(try row.text(2)),
      "allocation": .string(try row.text(3)), "amount": try row.money(4, try row.currency(5)).json,
      "carrierId": row.jsonText(6), "state": .string(try row.text(7)), "reversalOf": row.jsonText(8),
      "effectiveOn": row.jsonText(9), "createdAt": .instant(try row.instant(10)), "version": .int(try row.int(11)),
    ]
  }
}
