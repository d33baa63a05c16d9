extension Rule {
  /// set_config may be called by sessions of tenants.
  static let setConfigCallable = Rule(
    "G17", "set_config may be called by sessions of tenants",
    .grants, .access, .medium, kind: "function", stage: .grants,
    leak: """
      An expression in any SELECT changes settings: the tenant where a setting carries it, the role, timeouts.
      """,
    remedy: """
      Revoke it from PUBLIC as a superuser, in template1 too; grant it to roles that run dumps, replication and \
      migrations, which call it.
      """,
    query: #"""
      SELECT 'pg_catalog.set_config to ' || b.grantee_name, 'EXECUTE',
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b WHERE b.proname = 'set_config' GROUP BY b.grantee_name
      """#)
}
