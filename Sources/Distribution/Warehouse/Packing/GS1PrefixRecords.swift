import BulkheadCore

/// Company prefixes of the tenant.
enum GS1PrefixRecords {
  /// The one that was the default before gives way.
  static let clearDefault = Statement("UPDATE gs1_prefix SET is_default = false WHERE is_default AND $1::boolean")

  static let insert = Statement(
    """
    INSERT INTO gs1_prefix (id, prefix, extension_digit, next_serial, is_default) VALUES ($1, $2, $3, $4, $5)
    """)

  static let one = Statement(
    "SELECT id, prefix, extension_digit, next_serial, is_default FROM gs1_prefix WHERE id = $1")

  static let list = Statement(
    """
    SELECT id, prefix, extension_digit, next_serial, is_default FROM gs1_prefix WHERE id > $1 ORDER BY id LIMIT $2
    """)

  static func prefix(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "prefix": .string(try row.text(1)), "extensionDigit": .int(try row.int(2)),
      "nextSerial": .int(try row.int(3)), "isDefault": .bool(try row.bool(4)),
    ]
  }
}
