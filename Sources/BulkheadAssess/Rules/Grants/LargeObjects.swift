extension Rule {
  /// Large objects may be used.
  static let largeObjects = Rule(
    "G19", "Large objects may be used",
    .grants, .access, .medium, kind: "function", stage: .grants,
    leak: """
      Large objects know an owner and no tenant: under a shared login every tenant reads and writes those of all.
      """,
    remedy: """
      Revoke the functions from PUBLIC as a superuser; keep files in rows under row security or outside.
      """,
    query: #"""
      SELECT 'large object functions to ' || b.grantee_name, string_agg(DISTINCT b.proname, ', ' ORDER BY b.proname),
        string_agg(format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', b.fq, b.grantee_name), E'\n' ORDER BY b.fq)
      FROM builtin b WHERE b.proname ~ '^lo_' AND b.proname NOT IN ('lo_import', 'lo_export')
        OR b.proname IN ('loread', 'lowrite')
      GROUP BY b.grantee_name
      """#)
}
