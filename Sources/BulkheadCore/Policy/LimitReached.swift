/// Which limit of the tenant's policy a refusal is about, so that its owner knows what to change.
public struct LimitReached: Hashable, Sendable {
  public let limit: Limit
  /// What the tenant may have.
  public let value: Int64

  public init(_ limit: Limit, _ value: some BinaryInteger) {
    self.limit = limit
    self.value = Int64(clamping: value)
  }
}
