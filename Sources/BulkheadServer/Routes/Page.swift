import BulkheadCore

/// A place in a list and how much of it to show.
///
/// Lists are ordered by id (newest ids are greatest) or by a natural key; the cursor is opaque to callers and carries
/// the last key shown. It holds nothing secret and is checked like any other input.
public struct Page: Sendable {
  public static let limitDefault = 50

  /// The cursor as sent.
  public let after: String?
  public let limit: Int

  public init(after: String?, limit: Int) {
    self.after = after
    self.limit = limit
  }

  /// The last id of the previous page. Refuses a cursor that this list did not give out.
  public func afterID() throws(Refusal) -> EntityID? {
    guard let after else { return nil }
    guard let id = EntityID(hex: after) else {
      throw Refusal(.inputInvalid, "The cursor is not one that this list gave out.", at: "?cursor")
    }
    return id
  }

  /// The answer for a list ordered by id. `items` may hold one item more than `limit`, which proves a next page.
  public func answer(_ items: [(id: EntityID, json: JSON)]) -> JSON {
    let shown = items.prefix(limit)
    let next: JSON = items.count > limit ? .string(shown.last?.id.hex ?? "") : .null
    return ["items": .array(shown.map(\.json)), "next": next]
  }
}
