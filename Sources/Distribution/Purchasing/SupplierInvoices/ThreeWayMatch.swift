import BulkheadCore

/// One line of a supplier's invoice against what was ordered and what came. Pure.
enum ThreeWayMatch {
  enum Result: String, Sendable, CaseIterable {
    case matched
    /// Another price, but near enough.
    case withinTolerance = "within_tolerance"
    /// The price is too far from the one ordered at: somebody has to approve it.
    case priceHold = "price_hold"
    /// More is billed than has come and is not billed yet: matched again when more has come.
    case quantityHold = "qty_hold"
    /// Nothing has come that is not billed yet.
    case noReceipt = "no_receipt"

    var isHold: Bool { self != .matched && self != .withinTolerance }
    /// The worst line is the invoice's state.
    fileprivate var rank: Int {
      switch self {
      case .matched: 0
      case .withinTolerance: 1
      case .priceHold: 2
      case .quantityHold: 3
      case .noReceipt: 4
      }
    }
  }

  struct Line: Sendable {
    /// Of one base unit.
    let orderedPrice: UnitPrice
    let invoicedPrice: UnitPrice
    /// Base units.
    let quantity: Quantity
    /// What has come and is not billed yet.
    let open: Quantity
    /// The amounts of the line at the price billed and at the price ordered, in minor units.
    let amount: Int64
    let orderedAmount: Int64
  }

  /// Quantity goes before price: what has not come is not paid, whatever it costs.
  static func judge(
    _ line: Line, _ tolerance: PurchaseTolerance
  ) throws(Refusal) -> (result: Result, differencePercent: UnitPrice) {
    let percent = try difference(line)
    guard line.open.isPositive else { return (.noReceipt, percent) }
    guard line.quantity <= line.open else { return (.quantityHold, percent) }
    guard line.invoicedPrice != line.orderedPrice else { return (.matched, percent) }
    let isNear =
      percent.scaled.magnitude <= tolerance.pricePercent.scaled.magnitude
      && tolerance.priceMinor.map {
        (Int128(line.amount) - Int128(line.orderedAmount)).magnitude <= UInt128($0.magnitude)
      } ?? true
    return (isNear ? .withinTolerance : .priceHold, percent)
  }

  static func worst(_ results: [Result]) -> Result { results.max { $0.rank < $1.rank } ?? .matched }

  /// How far the price is from the one ordered at, in percent of it; 100 when it was ordered for nothing.
  private static func difference(_ line: Line) throws(Refusal) -> UnitPrice {
    let difference = line.invoicedPrice.scaled - line.orderedPrice.scaled
    guard difference != 0 else { return .zero }
    guard line.orderedPrice.scaled > 0 else { return try UnitPrice(scaled: 100 * UnitPrice.one) }
    guard let percent = Rounding.product(difference, 100 * UnitPrice.one, over: line.orderedPrice.scaled) else {
      throw Refusal(.priceOverflow, "The price is too far from the one ordered at.")
    }
    return try UnitPrice(scaled: percent)
  }
}

/// Which receipts a line of an invoice is settled with, oldest first, and what it clears. Pure.
struct SupplierInvoiceSettlement: Sendable {
  struct Part: Sendable, Hashable {
    let receiptLine: EntityID
    let quantity: Quantity
    /// What had been booked as received and not invoiced.
    let cleared: Int64
    /// What is billed beyond that, or below.
    let difference: Int64
  }

  let parts: [Part]

  /// `receipts` are what is not billed yet of the receipts of the line, in their order. `nil` when they are less than
  /// `quantity`.
  init?(_ quantity: Quantity, amount: Int64, receipts: [OpenLayer]) throws(Refusal) {
    var rest = receipts
    guard let draws = try LayerDraw.take(quantity, from: &rest) else { return nil }
    let cleared = draws.reduce(Int128(0)) { $0 + Int128($1.value) }
    guard let difference = Int64(exactly: Int128(amount) - cleared),
      let differences = LargestRemainder.divide(difference, by: draws.map { Int128($0.quantity.millionths) })
    else { throw Money.overflow }
    parts = zip(draws, differences).map {
      Part(receiptLine: $0.layerID, quantity: $0.quantity, cleared: $0.value, difference: $1)
    }
  }
}
