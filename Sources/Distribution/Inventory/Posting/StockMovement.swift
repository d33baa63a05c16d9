import BulkheadCore

/// One move of goods that is about to be posted: so much of one product and lot, from one place to another.
struct StockMovement: Sendable {
  /// What the move does to the value of our stock.
  enum Worth: Sendable {
    /// Comes in at a cost of one base unit; at the average cost of what is there when none is given.
    case arrives(at: UnitPrice?)
    /// Comes in and is worth exactly this, in minor units: goods that return at what they left at.
    case arrivesWorth(Int64)
    /// Goes out at what the layers it is drawn from say.
    case leaves
    /// From one of our places to another.
    case stays
  }

  let productID: EntityID
  let lotKey: EntityID
  var packageKey: EntityID = .zero
  /// Base units, more than zero.
  let quantity: Quantity
  /// As the person wrote it.
  let entered: Quantity
  let unit: String
  let from: EntityID
  let to: EntityID
  let worth: Worth
  /// The line of the document it belongs to, from 1.
  let originLine: Int
  /// Where in the request it was asked for, for refusals.
  let pointer: String
}

/// Moves that are posted together, all or none, on account of one document.
struct StockPosting: Sendable {
  let entity: LegalEntity
  let originType: String
  let originID: EntityID
  let effectiveAt: Instant
  /// What the ledger entry says, at most 200 characters.
  let memo: String
  /// The other side of every change of value.
  let counterpart: AccountRole
  let movements: [StockMovement]
}
