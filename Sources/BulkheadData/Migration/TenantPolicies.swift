<<<<<<< HEAD
/// The policies of every tenant table, as `bulkhead.protect` makes them and as PostgreSQL prints them: what the rules of
/// migrations and the check at start-up compare with.
=======
/// The policies of every tenant table, as `bulkhead.protect` makes them and as PostgreSQL prints them: what the rules
/// of migrations and the check at start-up compare with.
>>>>>>> 83629543044487b4557c86ffb8559fbbdf1b8378
package enum TenantPolicies {
  /// Rows of name, roles in order, USING and WITH CHECK.
  package static let wanted = """
    (VALUES
      ('tenant', ARRAY['bulkhead_owner', 'bulkhead_placement']::name[],
       '(tenant_id OPERATOR(bulkhead.===) ( SELECT bulkhead.tenant() AS tenant))',
       '(tenant_id = ( SELECT bulkhead.tenant() AS tenant))'),
      ('login', ARRAY['bulkhead_sql']::name[],
       '(tenant_id = ( SELECT bulkhead.tenant() AS tenant))',
       '(tenant_id = ( SELECT bulkhead.tenant() AS tenant))')) AS wanted (name, roles, visible, writable)
    """

  /// Whether table `c` has a policy as the row of `wanted` at hand says.
  package static let isInPlace = """
    EXISTS (
<<<<<<< HEAD
      SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = wanted.name AND p.polcmd = '*' AND p.polpermissive
=======
      SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = wanted.name AND p.polcmd = '*'
        AND p.polpermissive
>>>>>>> 83629543044487b4557c86ffb8559fbbdf1b8378
        AND ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (p.polroles) ORDER BY rolname) = wanted.roles
        AND cardinality(p.polroles) = cardinality(wanted.roles)
        AND pg_get_expr(p.polqual, p.polrelid) = wanted.visible
        AND pg_get_expr(p.polwithcheck, p.polrelid) = wanted.writable)
    """

  /// Whether policy `p` of table `c` is one that a table may have: the two above, and the relay's on the outbox.
  package static let isKnown = """
    (p.polname IN ('tenant', 'login') OR (p.polname = 'relay' AND c.relname = 'outbox'
      AND p.polroles = ARRAY['bulkhead_relay'::regrole::oid]))
    """
}
