import CLibpq

/// Connection strings as libpq reads them (PostgreSQL manual, 34.1.1).
package enum Conninfo {
  /// The keywords of `conninfo` (a URL or `key=value` pairs), completed from the `PG*` variables and service files.
  package static func resolve(_ conninfo: String) throws(PostgresError) -> [(String, String)] {
    var values: [String: String] = [:]
    if let defaults = PQconndefaults() {
      defer { PQconninfoFree(defaults) }
      collect(defaults, into: &values)
    }
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(conninfo, &message) else {
      defer { PQfreemem(message) }
      // The text of libpq may quote the string, and with it a password.
      throw PostgresError(.parameterInvalid, message: "The connection string is not one that libpq can read.")
    }
    defer { PQconninfoFree(parsed) }
    collect(parsed, into: &values)
    return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func collect(
    _ options: UnsafeMutablePointer<PQconninfoOption>, into values: inout [String: String]
  ) {
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, value.pointee != 0 {
        values[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
  }
}
