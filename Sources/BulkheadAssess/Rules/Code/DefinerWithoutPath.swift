extension Rule {
  /// A SECURITY DEFINER function without its own search_path.
  static let definerWithoutPath = Rule(
    "C03", "A SECURITY DEFINER function without its own search_path",
    .code, .access, .high, kind: "function", stage: .code,
    leak: """
      The caller's search_path decides which tables and functions it uses: with a temporary table or a schema of \
      its own the caller runs code with the owner's rights.
      """,
    remedy: "Pin search_path, with pg_temp last.",
    query: #"""
      SELECT r.fq, 'SECURITY DEFINER, owner ' || w.name,
        format('ALTER %s %s SET search_path = pg_catalog, %I, pg_temp;', r.noun, r.fq, r.nspname)
      FROM routine r JOIN who w ON w.oid = r.proowner
      WHERE r.prosecdef AND NOT EXISTS (SELECT FROM unnest(r.proconfig) AS c WHERE c LIKE 'search\_path=%')
      """#)
}
