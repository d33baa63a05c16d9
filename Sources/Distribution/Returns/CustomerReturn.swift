import BulkheadCore

/// How far a customer's return has come.
enum ReturnPhase: String, Sendable, CaseIterable {
  /// Asked for. Goes to `accepted`, or to `cancelled`.
  case requested
  /// Authorised: the goods may come. Goes to `received`, or to `cancelled`.
  case accepted
  /// The goods are here and in the books; the customer's account is not settled yet. Goes to `completed`.
  case received
  /// Settled. Final.
  case completed
  /// Final.
  case cancelled
}

/// What the customer gets for what came back.
enum ReturnOutcome: String, Sendable, CaseIterable {
  /// What was billed of it is credited; what was not billed yet is never billed.
  case creditNote = "credit_note"
  /// Credited, and ordered again: the new goods are billed as any others.
  case replacement
  /// The customer keeps paying for it.
  case none
}

/// What becomes of goods that came back.
enum ReturnDisposition: String, Sendable, CaseIterable {
  /// As good as new: back to where it is sold from.
  case restock
  /// Ours again, but not to be sold before somebody has looked at it.
  case quarantine
  /// Thrown away at the dock: what it had cost is a loss.
  case scrap
}

/// What a customer wants to send back.
struct ReturnRequest: Sendable {
  static let linesMax = 1000

  struct Line: Sendable {
    let shipmentLine: EntityID
    /// Base units.
    let quantity: Quantity
  }

  /// Code; `nil`: the warehouse that the order was shipped from.
  let warehouse: String?
  let outcome: ReturnOutcome
  let reason: String
  let lines: [Line]
}

/// So much of one line that was counted at the dock.
struct ReturnedItem: Sendable {
  static let itemsMax = 2000

  /// Number of the line on the return.
  let line: Int
  /// Base units.
  let quantity: Quantity
  let disposition: ReturnDisposition
  /// Required for tracked products; one of those that were shipped.
  let lot: String?
  /// Code of a place of the return's warehouse; `nil`: its storage, or its quarantine.
  let location: String?
}
