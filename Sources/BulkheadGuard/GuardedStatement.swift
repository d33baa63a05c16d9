/// A statement that every rule has claimed, rewritten for one placement.
package struct GuardedStatement: Sendable, Hashable {
  /// What to send to PostgreSQL: tables qualified, ranges narrowed to one tenant.
  package let text: String
  /// The N of the parameter `$N` that carries the tenant's id, always `parameterCount + 1`: append it to the values.
  /// nil when no range of the statement needed it.
  package let tenantParameter: Int?
  /// The highest `$n` of the original text.
  package let parameterCount: Int
  /// Writes nothing and locks nothing.
  package let isReadOnly: Bool
  /// The catalog's tables that the statement names, sorted.
  package let tables: [String]
}

/// A statement rewritten for any placement: everything but the schema's name.
///
/// Parsing and deparsing cost some 100 µs; writing a schema into a template about one. So the parser sees each
/// text once, however many placements there are.
struct StatementTemplate: Sendable {
  /// Stands for the schema in the tree. A text in which it turns up by itself is refused.
  static let placeholder = "bulkhead_placement_schema"

  /// The text around the schema's name: one more piece than there are qualified tables.
  let pieces: [String]
  let tenantParameter: Int?
  let parameterCount: Int
  let isReadOnly: Bool
  let tables: [String]

  /// `schema` must have passed `SchemaName.check`. It is quoted, because a plain identifier may still be a keyword.
  func statement(schema: String) -> GuardedStatement {
    GuardedStatement(
      text: pieces.joined(separator: "\"\(schema)\""), tenantParameter: tenantParameter,
      parameterCount: parameterCount, isReadOnly: isReadOnly, tables: tables)
  }
}
