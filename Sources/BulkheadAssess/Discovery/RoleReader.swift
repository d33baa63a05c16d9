import BulkheadCore

/// Finds the logins through which tenants are served.
struct RoleReader {
  let session: CatalogSession

  /// A login serves tenants when it is bound by row security on at least one of `tables`, or on none of them because
  /// there is none. A login that policies of its own let through everywhere works across tenants.
  func roles(of tables: [String]) async throws -> Model.Roles {
    let rows = try await session.rows(
      """
      WITH RECURSIVE
        tab AS (SELECT oid FROM unnest($1::oid[]) AS m (oid)),
        seen AS (
          SELECT oid, oid AS base FROM tab
          UNION
          SELECT r.ev_class, seen.base FROM seen JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
            AND d.refclassid = 'pg_class'::regclass AND d.refobjid = seen.oid
          JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_type = '1'),
        acts AS (
          SELECT oid AS login, oid AS role FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND NOT rolbypassrls
          UNION SELECT acts.login, m.roleid FROM acts JOIN pg_auth_members m ON m.member = acts.role),
        given AS (
          SELECT DISTINCT seen.base, g.grantee FROM seen JOIN pg_class c ON c.oid = seen.oid,
            aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS g
          UNION
          SELECT seen.base, g.grantee FROM seen JOIN pg_attribute a ON a.attrelid = seen.oid AND a.attacl IS NOT NULL,
            aclexplode(a.attacl) AS g),
        through AS (
          SELECT p.polrelid, r.oid AS role FROM pg_policy p JOIN tab ON tab.oid = p.polrelid,
            unnest(p.polroles) AS r (oid)
          WHERE p.polpermissive AND r.oid <> 0 AND pg_get_expr(p.polqual, p.polrelid) = 'true')
      SELECT l.oid::text, l.rolname, bool_or(NOT EXISTS (
          SELECT FROM through t JOIN acts b ON b.role = t.role
          WHERE t.polrelid = given.base AND b.login = l.oid))
      FROM acts JOIN given ON given.grantee = acts.role JOIN pg_roles l ON l.oid = acts.login
      GROUP BY l.oid, l.rolname ORDER BY l.rolname
      """, [.oids(tables)])
    var serving: [(oid: String, name: String)] = []
    var across: [String] = []
    for row in rows {
      if try row.bool(2) {
        serving.append((try row.text(0), try row.text(1)))
      } else {
        across.append(try row.text(1))
      }
    }
    let acting = try await session.rows(
      """
      WITH RECURSIVE acts AS (
        SELECT oid FROM unnest($1::oid[]) AS m (oid)
        UNION SELECT m.roleid FROM acts JOIN pg_auth_members m ON m.member = acts.oid)
      SELECT oid::text FROM acts
      """, [.oids(serving.map(\.oid))])
    return Model.Roles(serving: serving, acting: try acting.map { try $0.text(0) }, across: across)
  }
}
