import BulkheadCore

/// What a buyer wants to order.
struct PurchaseRequest: Sendable {
  static let linesMax = 1000

  struct Line: Sendable {
    let product: ProductReference
    /// Of `unit`.
    let quantity: Quantity
    let unit: String?
    /// What one `unit` costs, when it is not what a contract or a list says.
    let unitPrice: UnitPrice?
    /// The proposal that the line comes from.
    var suggestion: EntityID?
  }

  let supplier: EntityID
  let warehouse: String?
  let expectedOn: CivilDate?
  let lines: [Line]

  /// What can be refused without looking anything up.
  func check() throws(Refusal) {
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      lines.indices.filter { !lines[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    try MentionCheck.refuse(
      .priceNegative, "A price cannot be negative.", "/lines",
      lines.indices.filter { lines[$0].unitPrice?.isNegative ?? false }
    ) { _ in "/unitPrice" }
  }

  var mentions: [ProductMention] { lines.map { ProductMention($0.product, unit: $0.unit) } }
}

/// State of a purchase order. What has come and what is billed is told by other states, which nobody sets.
enum PurchaseStatus: String, Sendable, CaseIterable {
  /// Being written; goes to `submitted` or `cancelled`.
  case draft
  /// Waits for whoever may confirm; goes to `confirmed` or `cancelled`.
  case submitted
  /// Decided: its goods are expected. Goes to `sent`, `closed` or, when nothing has come, `cancelled`.
  case confirmed
  /// The supplier has it. Goes to `closed` or, when nothing has come, `cancelled`.
  case sent
  /// What had not come by then is not expected any more.
  case closed
  case cancelled

  /// Goods may come against it.
  var isReceivable: Bool { self == .confirmed || self == .sent }

  /// The states that `act` leads out of.
  static func before(_ act: PurchaseAct) -> Set<PurchaseStatus> {
    switch act {
    case .submit: [.draft]
    case .confirm: [.submitted]
    case .send: [.confirmed]
    case .close: [.confirmed, .sent]
    case .cancel: [.draft, .submitted, .confirmed, .sent]
    }
  }
}

/// What a person does with a purchase order.
enum PurchaseAct: String, Sendable, CaseIterable {
  case submit, confirm, send, close, cancel

  var result: PurchaseStatus {
    switch self {
    case .submit: .submitted
    case .confirm: .confirmed
    case .send: .sent
    case .close: .closed
    case .cancel: .cancelled
    }
  }
}
