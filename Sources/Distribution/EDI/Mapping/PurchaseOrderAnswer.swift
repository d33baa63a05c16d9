/// What the seller answers to a purchase order, line by line; free of the syntax it is sent in.
public struct PurchaseOrderAnswer: Hashable, Sendable {
  /// The buyer's order number.
  public let orderNumber: String
  /// The day the buyer gave the order, `YYYY-MM-DD`.
  public let orderDate: String
  /// The seller's number for the order; `nil` when none was made.
  public let sellerNumber: String?
  /// The day of the answer, `YYYY-MM-DD`.
  public let answeredOn: String
  public let currency: String?
  /// Whether the order waits for a decision, such as a credit release.
  public let isOnHold: Bool
  /// As the order named them.
  public let parties: [EDIParty]
  public let lines: [Line]

  public struct Line: Hashable, Sendable {
    public let ordered: PurchaseOrderDocument.Line
    /// What will be delivered now or on the date asked for.
    public let confirmed: EDIDecimal
    /// What follows later.
    public let backordered: EDIDecimal
    /// The price that holds, per unit; the buyer's own where it is agreed.
    public let unitPrice: EDIDecimal?
    /// The day on which the confirmed part is promised, `YYYY-MM-DD`.
    public let promisedOn: String?
    /// Said to the buyer where something differs from the order; 80 characters at most are sent.
    public let reason: String?

    public init(
      ordered: PurchaseOrderDocument.Line, confirmed: EDIDecimal, backordered: EDIDecimal, unitPrice: EDIDecimal?,
      promisedOn: String? = nil, reason: String? = nil
    ) {
      self.ordered = ordered
      self.confirmed = confirmed
      self.backordered = backordered
      self.unitPrice = unitPrice
      self.promisedOn = promisedOn
      self.reason = reason
    }

    /// A line that is refused whole.
    public static func rejected(_ ordered: PurchaseOrderDocument.Line, _ reason: String) -> Line {
      Line(
        ordered: ordered, confirmed: .zero, backordered: .zero, unitPrice: ordered.unitPrice, reason: reason)
    }

    public var isRejected: Bool { !confirmed.isPositive && !backordered.isPositive }
    /// Whether the price differs from the one in the order. An order without a price accepts the seller's.
    public var changesPrice: Bool { ordered.unitPrice != nil && unitPrice != nil && ordered.unitPrice != unitPrice }
    /// Whether everything is as ordered.
    public var isAsOrdered: Bool { confirmed == ordered.quantity && !changesPrice }
  }

  public init(
    to order: PurchaseOrderDocument, sellerNumber: String?, answeredOn: String, currency: String?,
    isOnHold: Bool = false, lines: [Line]
  ) {
    orderNumber = order.number
    orderDate = order.date
    self.sellerNumber = sellerNumber
    self.answeredOn = answeredOn
    self.currency = currency
    self.isOnHold = isOnHold
    parties = order.parties
    self.lines = lines
  }

  /// Every line refused for the same reason.
  public static func rejection(of order: PurchaseOrderDocument, answeredOn: String, reason: String)
    -> PurchaseOrderAnswer
  {
    PurchaseOrderAnswer(
      to: order, sellerNumber: nil, answeredOn: answeredOn, currency: order.currency,
      lines: order.lines.map { .rejected($0, reason) })
  }

  public var isRejected: Bool { lines.allSatisfy(\.isRejected) }
}
