import BulkheadCore

/// Stock that a person posts by hand: what was there at the start, what came without an order, what was counted wrong.
public struct AdjustmentRequest: Sendable {
  public static let linesMax = 1000

  public enum Kind: String, Sendable, CaseIterable {
    /// Stock taken over from the system before; comes from `lost_found`.
    case opening
    /// Goods in without a purchase order; comes from the `supplier` location.
    case receipt
    /// A difference found, up or down; against `lost_found`.
    case correction

    /// The other side of its entry in the ledger.
    var counterpart: AccountRole {
      switch self {
      case .opening: .opening
      case .receipt: .receivedNotInvoiced
      case .correction: .inventoryAdjustment
      }
    }
  }

  public struct Line: Sendable {
    public let product: ProductReference
    public let unit: String?
    /// Of `unit`; negative takes stock away, which only a correction may.
    public let quantity: Quantity
    /// Code of a storage location; `nil`: the warehouse's own storage.
    public let location: String?
    /// Required for tracked products. A lot that does not exist yet is made.
    public let lot: String?
    public let expiry: CivilDate?
    /// Cost of one base unit in the legal entity's currency. Required for what comes in, unless a correction can take
    /// the present average.
    public let unitCost: UnitPrice?

    public init(
      product: ProductReference, unit: String? = nil, quantity: Quantity, location: String? = nil, lot: String? = nil,
      expiry: CivilDate? = nil, unitCost: UnitPrice? = nil
    ) {
      self.product = product
      self.unit = unit
      self.quantity = quantity
      self.location = location
      self.lot = lot
      self.expiry = expiry
      self.unitCost = unitCost
    }
  }

  public let kind: Kind
  public let reason: String
  public let warehouse: String?
  public let lines: [Line]

  public init(kind: Kind, reason: String, warehouse: String? = nil, lines: [Line]) {
    self.kind = kind
    self.reason = reason
    self.warehouse = warehouse
    self.lines = lines
  }

  /// What can be refused without looking anything up, in this order: number of lines, zero, wrong sign, cost.
  func check() throws(Refusal) {
    guard !lines.isEmpty else {
      throw Refusal(.adjustmentNoLines, "An adjustment has at least one line.", at: "/lines")
    }
    guard lines.count <= Self.linesMax else {
      throw Refusal(.adjustmentTooManyLines, "An adjustment has at most \(Self.linesMax) lines.", at: "/lines")
    }
    func refuse(
      _ code: RefusalCode, _ detail: String, _ member: String, where broken: (Line) -> Bool
    ) throws(Refusal) {
      try MentionCheck.refuse(code, detail, "/lines", lines.indices.filter { broken(lines[$0]) }) { _ in member }
    }
    try refuse(.quantityZero, "The quantity must not be zero.", "/quantity") { $0.quantity.isZero }
    if kind != .correction {
      try refuse(.adjustmentWrongSign, "Only a correction takes stock away.", "/quantity") { !$0.quantity.isPositive }
      try refuse(.costMissing, "What comes in has a cost: give unitCost.", "/unitCost") { $0.unitCost == nil }
    }
    try refuse(.priceNegative, "A cost cannot be negative.", "/unitCost") { $0.unitCost?.isNegative ?? false }
    try refuse(.costUnexpected, "What goes out leaves at the cost it came in at.", "/unitCost") {
      !$0.quantity.isPositive && $0.unitCost != nil
    }
  }

  var mentions: [ProductMention] { lines.map { ProductMention($0.product, unit: $0.unit) } }
}
