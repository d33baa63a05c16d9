/// One wall in the database, as a query for the places where it is missing.
struct Wall: Sendable {
  let name: String
  /// Every row is a gap: what is wrong, and the SQL that mends it in the database where it was found.
  let gaps: String

  init(_ name: String, _ gaps: String) {
    self.name = name
    self.gaps = gaps
  }
}

/// A wall that is missing somewhere.
package struct WallGap: Sendable, CustomStringConvertible {
  package let wall: String
  /// Cell and database.
  package let place: String
  package let fault: String
  /// SQL for an administrator who is connected to that database.
  package let fix: String

  package var description: String { "\(place): \(wall): \(fault)\n    \(fix)" }
}

/// Names that walls share.
enum WallNames {
  static let logins = "'bulkhead_pool', 'bulkhead_relay', 'bulkhead_keeper', 'bulkhead_control'"
  static let groups =
    "'bulkhead_owner', 'bulkhead_binder', 'bulkhead_placement', 'bulkhead_sql', 'bulkhead_reader', 'bulkhead_writer'"
  /// What a placement's own roles are called: login, SQL logins, and the groups of those.
  static let opaque = "^[rqg]_[0-9a-f]{14}(_w)?$"

  /// `ours`: every role of the platform and whoever has been made a member of one. A foreign superuser needs no
  /// membership.
  static let ours = """
    ours (oid) AS (
      SELECT oid FROM pg_roles WHERE rolname IN (\(logins), \(groups))
      UNION
      SELECT m.member FROM pg_auth_members m JOIN ours o ON o.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
       WHERE NOT r.rolsuper OR r.rolname LIKE 'bulkhead%' OR r.rolname ~ '\(opaque)')
    """
}
