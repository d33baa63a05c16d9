import BulkheadCore

/// Landed cost: what it took to bring goods here.
enum LandedCost {
  enum Kind: String, Sendable, CaseIterable { case freight, duty, insurance, handling, other }

  /// What the shares of receipt lines are measured by.
  enum Allocation: String, Sendable, CaseIterable { case value, quantity, weight, volume, equal }

  enum State: String, Sendable, CaseIterable {
    /// Goes to `posted` or `cancelled`.
    case draft
    /// For good: undone by a reversal.
    case posted
    case cancelled
  }

  struct Request: Sendable {
    static let receiptsMax = 200

    let kind: Kind
    let allocation: Allocation
    /// Minor units of the legal entity's currency; positive.
    let amount: Int64
    let carrier: EntityID?
    let receipts: [EntityID]
  }

  /// A receipt line that takes a share.
  struct Target: Sendable {
    let receiptLine: EntityID
    /// In millionths.
    let basis: Int128
  }

  /// The share of each target. Refuses with `allocation.baseZero` when there is nothing to measure by, and with
  /// `money.overflow`.
  static func divide(_ amount: Int64, among targets: [Target]) throws(Refusal) -> [Int64] {
    guard targets.contains(where: { $0.basis > 0 }) else {
      throw Refusal(
        .allocationBaseZero, "There is nothing to divide the cost by: choose another allocation.", at: "/allocation")
    }
    guard let parts = LargestRemainder.divide(amount, by: targets.map(\.basis)) else { throw Money.overflow }
    return parts
  }
}
