import BulkheadCore

/// What was counted at the dock, against one purchase order.
struct ReceiptRequest: Sendable {
  static let linesMax = 1000

  enum Condition: String, Sendable, CaseIterable {
    case good
    /// Ours, but not to be sold: goes to quarantine.
    case damaged
  }

  struct Line: Sendable {
    let orderLine: EntityID
    /// Of `unit`.
    let quantity: Quantity
    /// `nil`: the unit in which it was ordered.
    let unit: String?
    /// What the delivery note says, in `unit`; tells what is short and what is over.
    let advised: Quantity?
    let condition: Condition
    /// Code of a storage location; `nil`: the warehouse's storage, or its quarantine for what is damaged.
    let location: String?
    /// Required for tracked products. A lot that does not exist yet is made.
    let lot: String?
    let expiry: CivilDate?
  }

  let order: EntityID
  let deliveryNote: String?
  /// `nil`: today.
  let receivedOn: CivilDate?
  let lines: [Line]

  /// What can be refused without looking anything up: `date.inFuture`, `quantity.notPositive`.
  func check(_ today: CivilDate) throws(Refusal) {
    if let receivedOn, receivedOn > today {
      throw Refusal(.dateInFuture, "Goods cannot have come on a day that has not.", at: "/receivedOn")
    }
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      lines.indices.filter { !lines[$0].quantity.isPositive }
    ) { _ in "/quantity" }
  }
}
