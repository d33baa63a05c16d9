import BulkheadCore

/// What a repair of one tenant's books did, or would do, and what it leaves to people.
public struct RepairReport: Sendable {
  /// One derived figure that does not say what it is derived from.
  public struct Repair: Sendable, Hashable {
    /// The invariant that does not hold.
    public let check: String
    /// `table.column`.
    public let figure: String
    public let row: EntityID
    /// What the row is about, in words.
    public let subject: String
    public let was: String
    public let becomes: String
    /// What was counted to know it.
    public let proof: String
  }

  /// One offence that is no derived figure's: what people may post to end it.
  public struct Proposal: Sendable, Hashable {
    public let offence: InvariantCheck.Offence
    public let advice: String
  }

  public let repairs: [Repair]
  /// What still does not hold when all of `repairs` are made.
  public let proposals: [Proposal]

  public var isClean: Bool { repairs.isEmpty && proposals.isEmpty }
}
