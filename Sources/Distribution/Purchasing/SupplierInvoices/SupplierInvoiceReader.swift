import BulkheadCore
import BulkheadData

/// Suppliers' invoices as answers show them.
enum SupplierInvoiceReader {
  /// The invoice in the answer of `SupplierInvoiceStatements.queries`, with its version, or `nil`.
  static func invoice(_ rows: ArraySlice<Rows>) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 2, let row = rows[rows.startIndex].first, case .object(let members) = try summary(row) else {
      return nil
    }
    let currency = try row.currency(7)
    func amount(_ line: Row, _ column: Int) throws(Refusal) -> JSON {
      .string(try line.money(column, currency).text)
    }
    var lines: [JSON] = []
    for line in rows[rows.startIndex + 1] {
      lines.append([
        "id": .id(try line.id(0)), "line": .int(try line.int(1)), "orderLineId": .id(try line.id(2)),
        "order": .string(try line.text(3)), "sku": .string(try line.text(4)), "quantity": try line.quantity(5).json,
        "unit": .string(try line.text(6)), "baseQuantity": try line.quantity(7).json,
        "unitPrice": try line.price(8).json, "orderedPrice": try line.price(9).json, "amount": try amount(line, 10),
        "result": .string(try line.text(11)), "priceDifferencePercent": try line.price(12).json,
        "cleared": try amount(line, 13), "toInventory": try amount(line, 14), "toVariance": try amount(line, 15),
      ])
    }
    return (.object(members + [.init("lines", .array(lines))]), try row.int(15))
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    let currency = try row.currency(7)
    let net = try row.money(10, currency)
    let tax = try row.money(11, currency)
    return [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "supplierId": .id(try row.id(2)),
      "supplier": .string(try row.text(3)), "supplierNumber": .string(try row.text(4)),
      "invoicedOn": .string(try row.text(5)), "dueOn": .string(try row.text(6)), "state": .string(try row.text(8)),
      "matchState": .string(try row.text(9)), "net": net.json, "tax": tax.json, "total": try net.adding(tax).json,
      "postedOn": row.jsonText(12), "approvedBy": row.jsonText(13), "createdAt": .instant(try row.instant(14)),
      "version": .int(try row.int(15)),
    ]
  }
}
