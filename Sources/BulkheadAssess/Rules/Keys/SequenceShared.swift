extension Rule {
  /// Tenants draw numbers from one sequence.
  static let sequenceShared = Rule(
    "K06", "Tenants draw numbers from one sequence",
    .keys, .infer, .medium, kind: "column", stage: .columns,
    leak: """
      The gaps between a tenant's own numbers count what all others did meanwhile; neighbouring numbers are \
      others' rows.
      """,
    remedy: """
      By hand: use random ids (gen_random_uuid()), or number per tenant from a row that the tenant's transactions \
      lock. Changing a key's type is a migration of its own.
      """,
    query: #"""
      SELECT format('%s.%I', t.fq, a.attname),
        CASE WHEN a.attidentity <> '' THEN 'identity column' ELSE 'default ' || pg_get_expr(d.adbin, d.adrelid) END,
          NULL
      FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
      WHERE a.attidentity <> '' OR (a.attgenerated = '' AND (
        EXISTS (
          SELECT FROM pg_depend e JOIN pg_class s ON s.oid = e.refobjid AND s.relkind = 'S'
          WHERE e.classid = 'pg_attrdef'::regclass AND e.objid = d.oid AND e.refclassid = 'pg_class'::regclass)
        -- A sequence that is named by a text leaves no dependency.
        OR pg_get_expr(d.adbin, d.adrelid) ~ '\mnextval\('))
      """#)
}
