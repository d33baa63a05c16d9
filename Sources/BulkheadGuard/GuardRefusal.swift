import BulkheadCore

extension RefusalCode {
  /// Not PostgreSQL's grammar, or not readable as text (a NUL byte).
  package static let statementSyntax = RefusalCode("statement.syntax", .internal)
  /// No statement, or more than one.
  package static let statementMultiple = RefusalCode("statement.multiple", .internal)
  /// Longer, wider or deeper than the named bounds of `StatementBounds`.
  package static let statementTooLarge = RefusalCode("statement.tooLarge", .internal)
  /// A construct that no rule of the guard claims.
  package static let statementUnclaimed = RefusalCode("statement.unclaimed", .internal)
  /// A table that is not in the catalog of the module, or not for this use.
  package static let statementTable = RefusalCode("statement.table", .internal)
  /// A table of PostgreSQL's own catalogs.
  package static let statementCatalog = RefusalCode("statement.catalog", .internal)
  /// A function or operator outside the allow-list.
  package static let statementFunction = RefusalCode("statement.function", .internal)
  /// A type outside the allow-list.
  package static let statementCast = RefusalCode("statement.cast", .internal)
  /// The tenant's column is named, or could come out without being named.
  package static let statementTenantColumn = RefusalCode("statement.tenantColumn", .internal)
  /// The placement's schema is not a plain identifier.
  package static let statementSchema = RefusalCode("statement.schema", .internal)

  /// Every code of this library.
  package static let statementCodes: [RefusalCode] = [
    .statementSyntax, .statementMultiple, .statementTooLarge, .statementUnclaimed, .statementTable,
    .statementCatalog, .statementFunction, .statementCast, .statementTenantColumn, .statementSchema,
  ]
}

/// A statement is text of the program, so every refusal of it is a fault of ours: the safe face says nothing, and the
/// diagnostic names what was met.
func refusal(_ code: RefusalCode, _ diagnostic: String) -> Refusal {
  Refusal(code, "An internal error occurred.", diagnostic: diagnostic)
}
