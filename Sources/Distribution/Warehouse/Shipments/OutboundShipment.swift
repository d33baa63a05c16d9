import BulkheadCore

/// A shipment as it stands: what the API, the advance ship notice and the labels are made from.
public struct OutboundShipment: Sendable {
  public struct Line: Sendable {
    public let id: EntityID
    public let orderLineID: EntityID
    public let orderLine: Int
    public let productID: EntityID
    public let sku: String
    public let name: String
    public let baseUnit: String
    /// Base units: what is to be picked, was picked, lies in packages, has left.
    public let quantity: Quantity
    public let picked: Quantity
    public let packed: Quantity
    public let shipped: Quantity
    /// What the customer is to pay for what was shipped.
    public let amount: Money
  }

  public struct Package: Sendable {
    public let id: EntityID
    public let number: Int
    public let sscc: String
    public let type: String
    public let state: String
    public let weightGrams: Quantity?
    public var items: [Item]
  }

  public struct Item: Sendable {
    public let orderLine: Int
    public let sku: String
    public let lot: String?
    public let quantity: Quantity
  }

  public let id: EntityID
  public let number: String
  public let orderID: EntityID
  public let orderNumber: String
  public let poNumber: String?
  public let customerID: EntityID
  public let customerCode: String
  public let warehouse: String
  public let waveID: EntityID
  public let phase: ShipmentPhase
  public let carrier: String?
  public let service: String?
  public let trackingNumber: String?
  public let shippedAt: Instant?
  public let amount: Money
  public let createdAt: Instant
  public let version: Int64
  public let lines: [Line]
  public let packages: [Package]
}

extension OutboundShipment {
  public var json: JSON {
    [
      "id": .id(id), "number": .string(number), "orderId": .id(orderID), "order": .string(orderNumber),
      "poNumber": .optional(poNumber), "customerId": .id(customerID), "customer": .string(customerCode),
      "warehouse": .string(warehouse), "waveId": .id(waveID), "state": .string(phase.rawValue),
      "carrier": .optional(carrier), "service": .optional(service), "trackingNumber": .optional(trackingNumber),
      "shippedAt": shippedAt.map { .instant($0) } ?? .null, "amount": amount.json, "createdAt": .instant(createdAt),
      "version": .int(version), "lines": .array(lines.map(\.json)), "packages": .array(packages.map(\.json)),
    ]
  }
}

extension OutboundShipment.Line {
  var json: JSON {
    [
      "id": .id(id), "orderLineId": .id(orderLineID), "line": .int(orderLine), "productId": .id(productID),
      "sku": .string(sku), "name": .string(name), "baseUnit": .string(baseUnit), "quantity": quantity.json,
      "picked": picked.json, "packed": packed.json, "shipped": shipped.json, "amount": .string(amount.text),
    ]
  }
}

extension OutboundShipment.Package {
  var json: JSON {
    [
      "id": .id(id), "number": .int(number), "sscc": .string(sscc), "type": .string(type), "state": .string(state),
      "weightGrams": weightGrams?.json ?? .null, "items": .array(items.map(\.json)),
    ]
  }
}

extension OutboundShipment.Item {
  var json: JSON {
    [
      "line": .int(orderLine), "sku": .string(sku), "lot": .optional(lot), "quantity": quantity.json,
    ]
  }
}
