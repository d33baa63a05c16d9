extension Rule {
  /// A materialized view holds all tenants' data.
  static let materializedView = Rule(
    "C02", "A materialized view holds all tenants' data",
    .code, .access, .high, kind: "view", stage: .grants,
    leak: """
      Row security does not exist for materialized views: whoever may read it reads every tenant's rows or sums.
      """,
    remedy: "Take the privilege away; keep aggregates per tenant in a table with row security.",
    query: #"""
      SELECT format('%I.%I', n.nspname, c.relname) || ' to ' || w.name, 'readable',
        CASE WHEN w.oid IS NOT NULL AND g.grantee <> c.relowner THEN
          format('REVOKE ALL ON %I.%I FROM %s;', n.nspname, c.relname, w.name) END
      FROM (SELECT DISTINCT view FROM tenantview) AS v JOIN pg_class c ON c.oid = v.view AND c.relkind = 'm'
      JOIN pg_namespace n ON n.oid = c.relnamespace, fact,
        aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS g JOIN who w ON w.oid = g.grantee
      WHERE g.privilege_type = 'SELECT'
        AND CASE WHEN g.grantee = c.relowner THEN fact.assumed ELSE g.grantee IN (SELECT oid FROM hand) END
      """#)
}
