import BulkheadCore

extension RefusalCode {
  package static let assessUnreachable = RefusalCode("assess.unreachable", .unavailable)
  package static let assessNotPostgres = RefusalCode("assess.versionUnsupported", .unavailable)
  package static let assessNoTables = RefusalCode("assess.noTables", .notFound)
  package static let assessNoTenantColumn = RefusalCode("assess.noTenantColumn", .notFound)
  package static let assessSchemaUnknown = RefusalCode("assess.schemaUnknown", .notFound)
  package static let assessUnreadable = RefusalCode("assess.catalogUnreadable", .unavailable)
  package static let assessBaseline = RefusalCode("assess.baselineInvalid", .malformed)
  package static let assessFile = RefusalCode("assess.fileUnwritable", .unavailable)

  /// Every code of this library.
  package static let assess: [RefusalCode] = [
    .assessUnreachable, .assessNotPostgres, .assessNoTables, .assessNoTenantColumn, .assessSchemaUnknown,
    .assessUnreadable, .assessBaseline, .assessFile,
  ]
}
