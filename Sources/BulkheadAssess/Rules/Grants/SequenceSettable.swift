extension Rule {
  /// A sequence may be set back.
  static let sequenceSettable = Rule(
    "G10", "A sequence may be set back",
    .grants, .corrupt, .medium, kind: "grant", stage: .grants,
    leak: "setval in one tenant's session makes every other tenant's next insert fail.",
    remedy: "Grant USAGE only: it allows nextval and not setval.",
    query: #"""
      SELECT format('%I.%I', n.nspname, c.relname) || ' to ' || w.name, 'UPDATE, which allows setval',
        format('REVOKE UPDATE ON SEQUENCE %I.%I FROM %s;', n.nspname, c.relname, w.name)
      FROM pg_class c JOIN scope ON scope.oid = c.relnamespace JOIN pg_namespace n ON n.oid = c.relnamespace,
        aclexplode(c.relacl) AS g JOIN hand ON hand.oid = g.grantee JOIN who w ON w.oid = g.grantee
      WHERE c.relkind = 'S' AND g.privilege_type = 'UPDATE' AND g.grantee <> c.relowner
      """#)
}
