import BulkheadCore

extension PlacedOrder {
  /// The order as events and API answers show it. Quantities and prices are decimal strings.
  public var json: JSON {
    [
      "id": .id(id), "number": .string(number), "customerId": .id(customerID), "customer": .string(customerCode),
      "poNumber": .optional(poNumber), "status": .string(status.rawValue), "holdCode": .optional(holdCode?.rawValue),
      "holdReason": .optional(holdReason), "shipmentState": .string(shipmentState.rawValue),
      "invoiceState": .string(invoiceState), "shipPolicy": .string(shipPolicy.rawValue),
      "channel": .string(channel.rawValue), "warehouse": .string(warehouse),
      "requestedOn": .optional(requestedOn?.description), "total": total.json, "placedAt": .instant(placedAt),
      "version": .int(version), "lines": .array(lines.map(\.json)),
    ]
  }

  /// Why the order waits, for people.
  private var holdReason: String? {
    switch holdCode {
    case nil: nil
    case .credit: "credit.exceeded: the customer's credit limit leaves no room for this order; nothing is reserved."
    case .manual: "The customer or the order was stopped by a person; nothing is reserved."
    case .ediException: "The EDI document needs a person's decision; nothing is reserved."
    }
  }
}

extension PlacedOrder.Line {
  public var json: JSON {
    [
      "id": .id(id), "line": .int(number), "customerLine": .optional(customerLine), "productId": .id(productID),
      "sku": .string(sku), "name": .string(name), "quantity": enteredQuantity.json, "unit": .string(enteredUnit),
      "baseUnit": .string(baseUnit), "ordered": ordered.json, "open": open.json, "reserved": reserved.json,
      "backordered": backordered.json, "shipped": shipped.json, "invoiced": invoiced.json, "returned": returned.json,
      "cancelled": cancelled.json, "unitPrice": unitPrice.json, "listPrice": listPrice.json,
      "priceRuleId": .id(priceRuleID), "priceSteps": .array(priceSteps.map(\.json)),
      "expectedPrice": expectedPrice?.json ?? .null,
      "priceDiffers": .bool(priceDiffers), "amount": .string(amount.text),
      "requestedOn": .optional(requestedOn?.description),
    ]
  }
}
