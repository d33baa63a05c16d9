import BulkheadCore

/// The order as Bulkhead's API shows it, member for member, from the rows of a read.
enum NaiveAnswer {
  static func order(_ headers: Rows, _ lines: Rows) throws -> JSON? {
    guard let row = headers.first else { return nil }
    let currency = try row.text(9)
    return [
      "id": text(row, 0), "number": text(row, 1), "customerId": text(row, 2), "customer": text(row, 3),
      "poNumber": text(row, 4), "status": text(row, 5), "holdCode": text(row, 6), "holdReason": nil,
      "shipmentState": text(row, 7), "invoiceState": text(row, 8), "shipPolicy": text(row, 10),
      "channel": text(row, 11), "warehouse": text(row, 12), "requestedOn": text(row, 13),
      "total": money(try row.int(14), currency), "placedAt": .instant(try row.instant(15)),
      "version": .int(try row.int(16)), "lines": .array(try lines.map { try line($0) }),
    ]
  }

  static func money(_ minor: Int64, _ currency: String) -> JSON {
    ["amount": .string(decimal(minor * 1_000_000)), "currency": .string(currency)]
  }

  private static func line(_ row: Row) throws -> JSON {
    [
      "id": text(row, 0), "line": .int(try row.int(1)), "customerLine": text(row, 2), "productId": text(row, 3),
      "sku": text(row, 4), "name": text(row, 5), "quantity": number(row, 7), "unit": text(row, 8),
      "baseUnit": text(row, 6), "ordered": number(row, 9), "open": number(row, 10), "reserved": number(row, 11),
      "backordered": number(row, 12), "shipped": number(row, 13), "invoiced": number(row, 14),
      "returned": number(row, 15), "cancelled": number(row, 16), "unitPrice": number(row, 17),
      "listPrice": number(row, 18), "priceRuleId": text(row, 19), "priceSteps": try row.json(20),
      "expectedPrice": text(row, 21), "priceDiffers": false,
      "amount": .string(decimal(try row.int(22) * 1_000_000)), "requestedOn": text(row, 23),
    ]
  }

  private static func text(_ row: Row, _ column: Int) -> JSON { .optional(row.textOrNil(column)) }

  private static func number(_ row: Row, _ column: Int) -> JSON {
    .optional(row.textOrNil(column).map { decimal(scaled($0)) })
  }
}

/// An order just placed.
struct NaiveOrder: Sendable {
  let id: EntityID
  let lineIDs: [EntityID]
  let number: String
  let poNumber: String?
  let placedAt: Instant
  let terms: NaivePlan.Terms
  let plan: NaivePlan

  var json: JSON {
    [
      "id": .id(id), "number": .string(number), "customerId": .id(terms.customer),
      "customer": .string(terms.customerCode), "poNumber": .optional(poNumber), "status": "confirmed",
      "holdCode": nil, "holdReason": nil, "shipmentState": "waiting", "invoiceState": "none",
      "shipPolicy": "ship_partial", "channel": "api", "warehouse": .string(terms.warehouseCode), "requestedOn": nil,
      "total": NaiveAnswer.money(plan.totalMinor, terms.currency), "placedAt": .instant(placedAt), "version": 1,
      "lines": .array(plan.lines.indices.map { line($0) }),
    ]
  }

  private func line(_ index: Int) -> JSON {
    let line = plan.lines[index]
    let open = JSON.string(String(line.quantity - line.reserved))
    return [
      "id": .id(lineIDs[index]), "line": .int(index + 1), "customerLine": nil, "productId": .id(line.product.id),
      "sku": .string(line.product.sku), "name": .string(line.product.name),
      "quantity": .string(String(line.quantity)), "unit": .string(line.product.unit),
      "baseUnit": .string(line.product.unit), "ordered": .string(String(line.quantity)), "open": open,
      "reserved": .string(String(line.reserved)), "backordered": open, "shipped": "0", "invoiced": "0",
      "returned": "0", "cancelled": "0", "unitPrice": .string(line.price.text),
      "listPrice": .string(line.price.listText), "priceRuleId": .id(line.price.rule),
      "priceSteps": line.price.steps, "expectedPrice": nil, "priceDiffers": false,
      "amount": .string(decimal(line.amountMinor * 1_000_000)), "requestedOn": nil,
    ]
  }
}
