extension Rule {
  /// A foreign key that does not carry the tenant.
  static let foreignKeyWithoutTenant = Rule(
    "K05", "A foreign key that does not carry the tenant",
    .keys, .corrupt, .high, kind: "constraint", stage: .foreignKeys,
    leak: """
      A row can refer to another tenant's row. Whether that succeeds tells whether it exists, and the other \
      tenant's delete cascades or is blocked. Foreign keys are checked without row security.
      """,
    remedy: """
      Refer by (tenant, key) to a key that has the tenant. The fix drops the key before the keys below change and \
      makes it again afterwards; that fails when rows refer across tenants already.
      """,
    query: #"""
      SELECT t.fq || '.' || quote_ident(k.conname), pg_get_constraintdef(k.oid),
        CASE WHEN r.fix THEN
          format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (%I, %s) REFERENCES %s (%I, %s)%s%s%s;',
          t.fq, k.conname, t.att, c.near, p.fq, p.att, c.far,
          CASE k.confupdtype WHEN 'c' THEN ' ON UPDATE CASCADE' WHEN 'r' THEN ' ON UPDATE RESTRICT' ELSE '' END,
          CASE k.confdeltype WHEN 'c' THEN ' ON DELETE CASCADE' WHEN 'r' THEN ' ON DELETE RESTRICT' ELSE '' END,
          CASE WHEN k.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED' WHEN k.condeferrable THEN ' DEFERRABLE'
            ELSE '' END) END,
        CASE WHEN r.fix THEN format('ALTER TABLE %s DROP CONSTRAINT %I;', t.fq, k.conname) END
      FROM t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' JOIN t p ON p.oid = k.confrelid, LATERAL (
        SELECT string_agg(quote_ident(n.attname), ', ' ORDER BY u.place) AS near,
          string_agg(quote_ident(f.attname), ', ' ORDER BY u.place) AS far
        FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (near, far, place)
        JOIN pg_attribute n ON n.attrelid = k.conrelid AND n.attnum = u.near
        JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = u.far) AS c, LATERAL (
        SELECT k.confupdtype IN ('a', 'c', 'r') AND k.confdeltype IN ('a', 'c', 'r') AND NOT t.attnum = ANY (k.conkey)
          AND k.conindid IN (SELECT x.indexrelid FROM ix x WHERE NOT x.has AND x.led_constraint IS NOT NULL)
          AS fix) AS r
      WHERE k.conparentid = 0 AND NOT EXISTS (
          SELECT FROM unnest(k.conkey, k.confkey) AS u (near, far) WHERE u.near = t.attnum AND u.far = p.attnum)
        AND NOT EXISTS (SELECT FROM root WHERE root.oid = p.oid AND root.attnum = k.confkey[1]
          AND t.attnum = k.conkey[1])
      """#)
}
