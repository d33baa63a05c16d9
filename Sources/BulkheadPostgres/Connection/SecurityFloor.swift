/// The oldest minor of each major version whose row security is known to hold.
///
/// Before these, plain SQL could print another tenant's column through `INSERT … ON CONFLICT DO UPDATE`, or leave a
/// restrictive policy by `DROP OWNED BY`.
package enum SecurityFloor {
  package static let fixedMinor: [Int32: Int32] = [15: 20, 16: 16, 17: 12, 18: 6]

  /// `nil` when `version` (as in `server_version_num`) is good; else the reason and the cure.
  package static func objection(to version: Int32) -> String? {
    let major = version / 10_000
    let minor = version % 10_000
    guard major >= 15 else { return "PostgreSQL \(major) is too old: version 15 or later is needed." }
    guard let floor = fixedMinor[major], minor < floor else { return nil }
    return """
      PostgreSQL \(major).\(minor) has known holes in row security; \(major).\(floor) closes them. \
      Install the fixed version (Debian: the security suite).
      """
  }
}
