import BulkheadCore

/// State of goods on their way back to a supplier.
enum SupplierReturnState: String, Sendable, CaseIterable {
  /// Asked for; goes to `accepted` or `cancelled`.
  case requested
  /// The supplier takes it back, or nobody has to be asked. Goes to `shipped`, `completed` or `cancelled`.
  case accepted
  /// It has left, and the supplier owes a credit for what was billed. Goes to `completed`.
  case shipped
  /// Settled.
  case completed
  case cancelled
}

enum SupplierReturnKind: String, Sendable, CaseIterable {
  case `return`
  /// A receipt that was posted wrongly is taken back: nobody has to be asked, and what was expected is expected again.
  case reversal
}

/// What somebody wants to send back.
struct SupplierReturnRequest: Sendable {
  static let linesMax = 1000

  struct Line: Sendable {
    let receiptLine: EntityID
    /// Base units.
    let quantity: Quantity
    /// Code of the place that it leaves; `nil`: where it was received to.
    let location: String?
  }

  let kind: SupplierReturnKind
  let reason: String
  /// `nil`: as the kind has it.
  let expectedAgain: Bool?
  let lines: [Line]

  var isExpectedAgain: Bool { expectedAgain ?? (kind == .reversal) }

  /// What can be refused without looking anything up: `quantity.notPositive`, `line.repeated`.
  func check() throws(Refusal) {
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      lines.indices.filter { !lines[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    var seen: Set<EntityID> = []
    try MentionCheck.refuse(
      .lineRepeated, "A return names each line of a receipt once.", "/lines",
      lines.indices.filter { !seen.insert(lines[$0].receiptLine).inserted }
    ) { _ in "/receiptLineId" }
  }
}

/// A supplier's credit for what went back.
struct SupplierCredit: Sendable {
  /// The supplier's own number.
  let supplierNumber: String
  /// What the supplier gives, the tax aside: the bill may have been dearer than the order.
  let net: String
  let tax: String?
}
