extension Rule {
  /// A unique key without the tenant.
  static let uniqueWithoutTenant = Rule(
    "K02", "A unique key without the tenant",
    .keys, .infer, .high, kind: "index", stage: .keys,
    leak: """
      Whoever tries a value (an e-mail address, a number, a name) learns whether another tenant has it, and one \
      tenant's value denies it to all others.
      """,
    remedy: """
      Lead the key with the tenant column. What must be unique in the whole system belongs into a directory with \
      constant answers, out of tenants' reach.
      """,
    query: #"""
      SELECT x.fq, x.def, coalesce(x.led_constraint, x.led_def)
      FROM ix x WHERE x.denies AND NOT x.indisprimary AND NOT x.has
      """#)
}
