extension Rule {
  /// Only superusers reach the tenant tables.
  static let onlySuperusers = Rule(
    "U06", "Only superusers reach the tenant tables",
    .roles, .access, .high, kind: "database", stage: .roles,
    leak: """
      No ordinary login may use them, so the application must be logging in as a superuser, whom no policy binds.
      """,
    remedy: """
      By hand: create a login for the application without SUPERUSER and BYPASSRLS, grant it the columns it uses, \
      and let it own nothing. If another server's roles use this database, assess that one.
      """,
    query: #"""
      SELECT 'database ' || quote_ident(current_database()),
        'no login but superusers holds a privilege on a tenant table',
        NULL
      FROM fact WHERE fact.assumed AND EXISTS (SELECT FROM t)
      """#)
}
