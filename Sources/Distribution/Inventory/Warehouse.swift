import BulkheadCore
import BulkheadData

/// A warehouse and the places it works with.
struct Warehouse: Sendable {
  let id: EntityID
  let code: String
  let storage: EntityID
  let storageCode: String
  let lostFound: EntityID

  /// The warehouse called `code`, or the tenant's default.
  static func query(_ code: String?) -> Query {
    code.map { Query(byCode, .text($0)) } ?? Query(byDefault)
  }

  static let byCode = Statement(
    """
    SELECT w.id, w.code, w.storage_id, s.code, w.lost_found_id
      FROM location AS w JOIN location AS s ON s.id = w.storage_id
     WHERE w.code = $1 AND w.type = 'warehouse' AND w.is_active
    """)

  static let byDefault = Statement(
    """
    SELECT w.id, w.code, w.storage_id, s.code, w.lost_found_id
      FROM location AS w JOIN location AS s ON s.id = w.storage_id
     WHERE w.is_default AND w.is_active
    """)

}

extension Warehouse {
  /// The warehouse in the answer of `query(code)`. Refuses with `reference.unknown`, or `setup.missing` when no default
  /// is set.
  init(_ rows: Rows, asked code: String?) throws(Refusal) { try self.init(rows.first, asked: code) }

  init(_ row: Row?, asked code: String?) throws(Refusal) {
    guard let row else {
      if code != nil { throw Refusal(.referenceUnknown, "There is no such warehouse.", at: "/warehouse") }
      throw Refusal(.setupMissing, "No default warehouse is set: name one, or create one with isDefault.")
    }
    id = try row.id(0)
    self.code = try row.text(1)
    storage = try row.id(2)
    storageCode = try row.text(3)
    lostFound = try row.id(4)
  }
}
