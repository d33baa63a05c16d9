import BulkheadCore

/// An adjustment as it was posted.
public struct PostedAdjustment: Sendable {
  public struct Line: Sendable {
    public let moveID: EntityID
    public let productID: EntityID
    public let sku: String
    public let location: String
    public let lot: String?
    /// In base units; negative when stock was taken away.
    public let quantity: Quantity
    public let unitCost: UnitPrice
    /// Minor units, with the sign of the quantity.
    public let value: Money
  }

  public let id: EntityID
  public let number: String
  public let kind: AdjustmentRequest.Kind
  public let reason: String
  public let effectiveAt: Instant
  public let lines: [Line]
  /// Change of the value of our stock.
  public let value: Money

  public var json: JSON {
    [
      "id": .id(id), "number": .string(number), "kind": .string(kind.rawValue), "reason": .string(reason),
      "effectiveAt": .instant(effectiveAt), "value": value.json, "lines": .array(lines.map(\.json)),
    ]
  }
}

extension PostedAdjustment.Line {
  var json: JSON {
    [
      "moveId": .id(moveID), "productId": .id(productID), "sku": .string(sku), "location": .string(location),
      "lot": .optional(lot), "quantity": quantity.json, "unitCost": unitCost.json, "value": .string(value.text),
    ]
  }
}
