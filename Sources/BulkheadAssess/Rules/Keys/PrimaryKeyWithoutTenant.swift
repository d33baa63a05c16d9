extension Rule {
  /// A primary key without the tenant.
  static let primaryKeyWithoutTenant = Rule(
    "K01", "A primary key without the tenant",
    .keys, .infer, .medium, kind: "constraint", stage: .keys,
    leak: """
      An insert that fails tells that another tenant has this id, and foreign keys by id alone reach other \
      tenants' rows.
      """,
    remedy: """
      Make the key (tenant, id). Foreign keys that rest on it have to be widened in the same migration; where one \
      comes from a table without the tenant column, that table is first.
      """,
    query: #"""
      SELECT x.table_fq || '.' || quote_ident(x.conname), x.def, x.led_constraint
      FROM ix x WHERE x.indisprimary AND NOT x.has
      """#)
}
