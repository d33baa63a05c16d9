import BulkheadCore

/// An order as a customer sends it, whichever way it came: HTTP, EDI or a till.
public struct OrderRequest: Sendable {
  public static let linesMax = 1000

  public enum ShipPolicy: String, Sendable, CaseIterable {
    /// Ship what is there, the rest when it comes.
    case shipPartial = "ship_partial"
    /// Ship nothing before everything is there; what is there is held meanwhile.
    case shipComplete = "ship_complete"
    /// Ship what is there and cancel the rest.
    case cancelBackorder = "cancel_backorder"
  }

  public enum Channel: String, Sendable, CaseIterable { case api, edi, pos }

  public struct Line: Sendable {
    public let product: ProductReference
    /// Of `unit`.
    public let quantity: Quantity
    /// `nil`: the unit that the product reference stands for, else the product's base unit.
    public let unit: String?
    /// The customer's own name of the line (X12 PO101), echoed in answers.
    public let customerLine: String?
    /// What the customer expects one `unit` to cost. Compared and reported, never taken as the price.
    public let expectedPrice: UnitPrice?
    public let requestedOn: CivilDate?

    public init(
      product: ProductReference, quantity: Quantity, unit: String? = nil, customerLine: String? = nil,
      expectedPrice: UnitPrice? = nil, requestedOn: CivilDate? = nil
    ) {
      self.product = product
      self.quantity = quantity
      self.unit = unit
      self.customerLine = customerLine
      self.expectedPrice = expectedPrice
      self.requestedOn = requestedOn
    }
  }

  public let customer: PartyReference
  public let poNumber: String?
  /// ISO 4217; must be the customer's currency when given.
  public let currency: String?
  /// Code of the warehouse that ships; `nil`: the tenant's default.
  public let warehouse: String?
  public let requestedOn: CivilDate?
  public let shipPolicy: ShipPolicy
  public let channel: Channel
  /// Accept the order but stop it at once, for a person to look at.
  public let hold: HoldCode?
  public let lines: [Line]

  public init(
    customer: PartyReference, poNumber: String? = nil, currency: String? = nil, warehouse: String? = nil,
    requestedOn: CivilDate? = nil, shipPolicy: ShipPolicy = .shipPartial, channel: Channel, hold: HoldCode? = nil,
    lines: [Line]
  ) {
    self.customer = customer
    self.poNumber = poNumber
    self.currency = currency
    self.warehouse = warehouse
    self.requestedOn = requestedOn
    self.shipPolicy = shipPolicy
    self.channel = channel
    self.hold = hold
    self.lines = lines
  }
}

extension OrderRequest {
  /// Everything that can be refused without looking anything up, in this order: number of lines, quantities, expected
  /// prices, currency.
  func check() throws(Refusal) {
    guard !lines.isEmpty else { throw Refusal(.orderNoLines, "An order has at least one line.", at: "/lines") }
    guard lines.count <= Self.linesMax else {
      throw Refusal(.orderTooManyLines, "An order has at most \(Self.linesMax) lines.", at: "/lines")
    }
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      lines.indices.filter { !lines[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    try MentionCheck.refuse(
      .priceNegative, "A price cannot be negative.", "/lines",
      lines.indices.filter { lines[$0].expectedPrice?.isNegative ?? false }
    ) { _ in "/expectedPrice" }
    if let currency {
      do throws(Refusal) { _ = try Currency(currency) } catch {
        throw Refusal(error.code, error.detail, at: "/currency")
      }
    }
  }

  var mentions: [ProductMention] { lines.map { ProductMention($0.product, unit: $0.unit) } }
}
