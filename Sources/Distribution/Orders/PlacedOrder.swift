import BulkheadCore

/// State of a sales order. What is shipped and billed is told by `ShipmentState` and by the invoice state.
public enum OrderStatus: String, Sendable, CaseIterable {
  /// Being written, or offered: nothing is promised.
  case draft, quoted
  /// Accepted but stopped; nothing is reserved. Goes to `confirmed` when released, or to `cancelled`.
  case hold
  /// Promised; reserved as far as stock reached.
  case confirmed
  case inFulfilment = "in_fulfilment"
  case completed
  case cancelled
}

/// How far an order has left the house.
public enum ShipmentState: String, Sendable, CaseIterable {
  case none, waiting, sent, exception
  case partiallyShipped = "partially_shipped"
}

/// An order as it stands after it was placed, changed or read: what every channel answers from.
public struct PlacedOrder: Sendable {
  public struct Line: Sendable {
    public let id: EntityID
    public let number: Int
    public let customerLine: String?
    public let productID: EntityID
    public let sku: String
    public let name: String
    public let baseUnit: String
    public let enteredQuantity: Quantity
    public let enteredUnit: String
    /// Base units from here on. `ordered = open + reserved + shipped + cancelled`; `backordered` is the part of `open`
    /// that waits for stock.
    public let ordered: Quantity
    public let open: Quantity
    public let reserved: Quantity
    public let backordered: Quantity
    public let shipped: Quantity
    public let invoiced: Quantity
    public let returned: Quantity
    public let cancelled: Quantity
    /// Of one base unit.
    public let unitPrice: UnitPrice
    public let listPrice: UnitPrice
    public let priceRuleID: EntityID
    public let priceSteps: [PriceDecision.Step]
    /// What the customer expected one `enteredUnit` to cost.
    public let expectedPrice: UnitPrice?
    /// What one `enteredUnit` costs.
    public let enteredUnitPrice: UnitPrice?
    public let amount: Money
    public let requestedOn: CivilDate?

    /// Whether the customer expected another price.
    public var priceDiffers: Bool { expectedPrice.map { $0 != enteredUnitPrice } ?? false }
  }

  public let id: EntityID
  public let number: String
  public let customerID: EntityID
  public let customerCode: String
  public let poNumber: String?
  public let status: OrderStatus
  public let holdCode: HoldCode?
  public let shipmentState: ShipmentState
  public let invoiceState: String
  public let shipPolicy: OrderRequest.ShipPolicy
  public let channel: OrderRequest.Channel
  public let warehouse: String
  public let requestedOn: CivilDate?
  public let total: Money
  public let placedAt: Instant
  public let version: Int64
  public let lines: [Line]
}
