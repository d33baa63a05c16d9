extension Rule {
  /// A partition is reachable without its table's policies.
  static let partitionGranted = Rule(
    "G09", "A partition is reachable without its table's policies",
    .grants, .access, .high, kind: "grant", stage: .grants,
    leak: """
      The parent's policies do not apply to a partition that is named itself: all its rows are visible.
      """,
    remedy: "Revoke the privilege on the partition; access through the parent needs none.",
    query: #"""
      SELECT DISTINCT format('%I.%I', n.nspname, c.relname) || ' to ' || w.name, 'partition of ' || t.fq,
        format('REVOKE ALL ON %I.%I FROM %s;', n.nspname, c.relname, w.name)
      FROM t JOIN LATERAL pg_partition_tree(t.oid) AS p ON p.level > 0 JOIN pg_class c ON c.oid = p.relid
      JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL (
        SELECT g.grantee FROM aclexplode(c.relacl) AS g
        UNION SELECT g.grantee FROM pg_attribute a, aclexplode(a.attacl) AS g WHERE a.attrelid = c.oid) AS g
      JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE g.grantee <> c.relowner AND NOT c.relrowsecurity
      """#)
}
