/// Names one tenant, and nothing else: no row id can be passed where a tenant is meant.
public struct TenantID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let id: EntityID

  public init(_ id: EntityID) { self.id = id }

  /// Reads the canonical 36-character text.
  public init?(_ text: some StringProtocol) {
    guard let id = EntityID(text) else { return nil }
    self.id = id
  }

  public var description: String { id.description }

  public static func < (left: TenantID, right: TenantID) -> Bool { left.id < right.id }
}
