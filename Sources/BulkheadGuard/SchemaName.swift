import BulkheadCore

/// The schema's name comes from the platform's own registry, and is checked all the same before it becomes SQL.
enum SchemaName {
  /// NAMEDATALEN - 1: PostgreSQL cuts longer names off.
  static let bytesMax = 63

  /// Refuses with `statement.schema` unless `name` is `[a-z_][a-z0-9_]*` and not a schema of PostgreSQL's own.
  static func check(_ name: String) throws(Refusal) {
    let bytes = name.utf8
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
      default: false
      }
    }
    guard isPlain, bytes.count <= bytesMax, let first = bytes.first, first > UInt8(ascii: "9"),
      !name.hasPrefix("pg_"), name != "information_schema", name != StatementTemplate.placeholder
    else { throw refusal(.statementSchema, "schema name of \(bytes.count) bytes is not a plain identifier") }
  }
}
