import BulkheadCore
import BulkheadPostgres

/// Reads the catalogs until it is known what a tenant is in this database.
struct Discovery {
  let session: CatalogSession
  let schemas: [String]
  let columns: [String]

  /// - Throws: `assess.schemaUnknown`, `assess.noTables`, `assess.noTenantColumn`.
  func model() async throws -> Model {
    let server = try await server()
    let scope = try await scope(server)
    let total = try await tablesTotal(scope)
    guard total > 0 else {
      throw Refusal(
        .assessNoTables,
        """
        There are no tables \(schemas.isEmpty ? "in database \(server.database)" : "in these schemas"): nothing to \
        assess. Nothing was changed.
        """)
    }
    let candidates = try await candidates(scope)
    let column = try choose(candidates, total, server)
    let tables = try await tables(scope, column)
    let references = try await references(scope)
    let root = try await root(scope, column)
    let isAssumed = !tables.contains { $0.isReached && $0.tenantColumn != nil }
    let standings = StandingRule.standings(
      of: tables, references: references, root: root?.oid, assumesReach: isAssumed)
    let tenantTables = standings.filter { $0.standing == .tenant }.map(\.table)
    let roles = try await RoleReader(session: session).roles(of: tenantTables.map(\.oid))
    let policies = try await PolicyReader(session: session).policies(of: tenantTables)
    return Model(
      server: server, column: column, schemas: scope, tables: standings, roles: roles, policies: policies.facts,
      carriers: policies.carriers, binding: policies.binding, rootKey: root?.key ?? "1",
      isAssumed: isAssumed)
  }

  private func server() async throws -> Model.Server {
    let row = try await session.rows(
      """
      SELECT current_setting('server_version'), current_database(), current_user,
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), pg_is_in_recovery()
      """)[0]
    return Model.Server(
      version: session.serverVersion, versionText: try row.text(0), database: try row.text(1), user: try row.text(2),
      isSuperuser: try row.bool(3), isStandby: try row.bool(4))
  }

  private func scope(_ server: Model.Server) async throws -> [(oid: String, name: String)] {
    let rows = try await session.rows(
      """
      SELECT oid::text, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
      ORDER BY nspname
      """)
    let all = try rows.map { (oid: try $0.text(0), name: try $0.text(1)) }
    if let unknown = schemas.first(where: { name in !all.contains { $0.name == name } }) {
      throw Refusal(
        .assessSchemaUnknown,
        """
        There is no schema \(Printable.line(unknown)) in database \(Printable.line(server.database)). It has: \
        \(all.prefix(20).map { Printable.line($0.name) }.joined(separator: ", ")).
        """)
    }
    return schemas.isEmpty ? all : all.filter { schemas.contains($0.name) }
  }

  /// Tables of the schemas `$1`, without partitions and what extensions brought.
  private static let tables = """
    tab AS (
      SELECT c.* FROM pg_class c WHERE c.relnamespace = ANY ($1::oid[]) AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition AND NOT EXISTS (
          SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
    """

  private func tablesTotal(_ scope: [(oid: String, name: String)]) async throws -> Int {
    let rows = try await session.rows("WITH \(Self.tables) SELECT count(*) FROM tab", [.oids(scope.map(\.oid))])
    return Int(try rows[0].int(0))
  }

  private func candidates(_ scope: [(oid: String, name: String)]) async throws -> [TenantColumn.Candidate] {
    let rows = try await session.rows(
      """
      WITH \(Self.tables),
        col AS (
          SELECT a.attrelid, a.attnum, a.attname,
            CASE WHEN y.typtype = 'd' THEN y.typbasetype ELSE y.oid END AS type
          FROM tab JOIN pg_attribute a ON a.attrelid = tab.oid AND a.attnum > 0 AND NOT a.attisdropped
          JOIN pg_type y ON y.oid = a.atttypid),
        fk AS (
          SELECT DISTINCT k.conrelid, k.conkey[1] AS attnum, k.confrelid FROM tab
          JOIN pg_constraint k ON k.conrelid = tab.oid AND k.contype = 'f' AND cardinality(k.conkey) = 1),
        best AS (
          SELECT DISTINCT ON (col.attname) col.attname, fk.confrelid, count(*) AS n
          FROM col JOIN fk ON fk.conrelid = col.attrelid AND fk.attnum = col.attnum
          GROUP BY col.attname, fk.confrelid ORDER BY col.attname, count(*) DESC, fk.confrelid),
        led AS (SELECT DISTINCT indrelid, indkey[0] AS attnum FROM pg_index),
        pol AS (
          SELECT DISTINCT d.refobjid AS relid, d.refobjsubid AS attnum FROM pg_depend d
          WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0)
      SELECT col.attname, count(*), count(*) FILTER (WHERE col.type = ANY (
          '{smallint,integer,bigint,uuid,text,character varying,character,numeric,name}'::regtype[]::oid[])),
        count(led.indrelid), count(pol.relid), max(best.n),
        max(CASE WHEN target.oid IS NOT NULL THEN format('%I.%I', n.nspname, target.relname) END)
      FROM col LEFT JOIN led ON led.indrelid = col.attrelid AND led.attnum = col.attnum
      LEFT JOIN pol ON pol.relid = col.attrelid AND pol.attnum = col.attnum
      LEFT JOIN best ON best.attname = col.attname LEFT JOIN pg_class target ON target.oid = best.confrelid
      LEFT JOIN pg_namespace n ON n.oid = target.relnamespace
      GROUP BY col.attname
      """, [.oids(scope.map(\.oid))])
    return try rows.map { row in
      TenantColumn.Candidate(
        name: try row.text(0), tables: Int(try row.int(1)), typed: Int(try row.int(2)), led: Int(try row.int(3)),
        policies: Int(try row.int(4)), references: Int(row.intOrNil(5) ?? 0), target: row.textOrNil(6))
    }
  }

  private func choose(
    _ candidates: [TenantColumn.Candidate], _ total: Int, _ server: Model.Server
  ) throws -> TenantColumn {
    if columns.isEmpty {
      if let best = TenantColumn.best(of: candidates, tablesTotal: total) { return best }
      throw Refusal(
        .assessNoTenantColumn,
        """
        No column of the \(total) tables in database \(Printable.line(server.database)) looks like the one that says \
        whose a row is. Name it with --tenant-column, for example --tenant-column customer_id. Nothing was changed.
        """)
    }
    let known = columns.filter { name in candidates.contains { $0.name == name } }
    guard known.count == columns.count else {
      let missing = columns.filter { !known.contains($0) }.map(Printable.line).joined(separator: ", ")
      throw Refusal(
        .assessNoTenantColumn, "No table in the schemas has a column called \(missing). Nothing was changed.")
    }
    let reasons = candidates.filter { known.contains($0.name) }.flatMap { $0.reasons(tablesTotal: total) }
    return TenantColumn(names: columns, confidence: .given, reasons: reasons, others: [])
  }

  private func tables(
    _ scope: [(oid: String, name: String)], _ column: TenantColumn
  ) async throws -> [Model.Table] {
    let rows = try await session.rows(
      """
      WITH RECURSIVE \(Self.tables),
        able AS (
          SELECT 0::oid AS oid
          UNION SELECT oid FROM pg_roles WHERE rolcanlogin AND NOT rolsuper
          UNION SELECT m.roleid FROM able JOIN pg_auth_members m ON m.member = able.oid),
        given AS (
          SELECT c.oid FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS g
          WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace <> 'pg_catalog'::regnamespace
            AND g.grantee IN (SELECT oid FROM able)
          UNION
          SELECT a.attrelid FROM pg_attribute a, aclexplode(a.attacl) AS g
          WHERE a.attacl IS NOT NULL AND g.grantee IN (SELECT oid FROM able)),
        seen AS (
          SELECT oid FROM given
          UNION
          SELECT d.refobjid FROM seen JOIN pg_rewrite r ON r.ev_class = seen.oid AND r.ev_type = '1'
          JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass)
      SELECT tab.oid::text, format('%I.%I', n.nspname, tab.relname), w.attnum::text, tab.oid IN (SELECT oid FROM seen)
      FROM tab JOIN pg_namespace n ON n.oid = tab.relnamespace
      LEFT JOIN LATERAL (
        SELECT a.attnum FROM unnest($2::text[]) WITH ORDINALITY AS u (name, place)
        JOIN pg_attribute a ON a.attrelid = tab.oid AND a.attname = u.name AND NOT a.attisdropped
        ORDER BY u.place LIMIT 1) AS w ON true
      ORDER BY 2
      """, [.oids(scope.map(\.oid)), .texts(column.names)])
    return try rows.map { row in
      Model.Table(
        oid: try row.text(0), name: try row.text(1), tenantColumn: row.textOrNil(2), isReached: try row.bool(3))
    }
  }

  private func references(_ scope: [(oid: String, name: String)]) async throws -> [(from: String, to: String)] {
    let rows = try await session.rows(
      """
      WITH \(Self.tables)
      SELECT DISTINCT k.conrelid::text, k.confrelid::text FROM tab
      JOIN pg_constraint k ON k.conrelid = tab.oid AND k.contype = 'f' WHERE k.confrelid <> k.conrelid
      """, [.oids(scope.map(\.oid))])
    return try rows.map { (from: try $0.text(0), to: try $0.text(1)) }
  }

  /// The table whose rows are the tenants: where foreign keys of the tenant column lead, else the one that the column
  /// is named after.
  private func root(
    _ scope: [(oid: String, name: String)], _ column: TenantColumn
  ) async throws -> (oid: String, key: String)? {
    let rows = try await session.rows(
      """
      WITH \(Self.tables),
        named AS (
          SELECT lower(regexp_replace(name, '_?(id|uuid|key|code|uid)$', '', 'i')) AS stem
          FROM unnest($2::text[]) AS u (name))
      SELECT oid, key FROM (
        SELECT k.confrelid::text AS oid, min(k.confkey[1])::text AS key, 1 AS rank, count(*) AS n FROM tab
        JOIN pg_constraint k ON k.conrelid = tab.oid AND k.contype = 'f' AND cardinality(k.conkey) = 1
        JOIN pg_attribute a ON a.attrelid = tab.oid AND a.attnum = k.conkey[1] AND a.attname = ANY ($2::text[])
        WHERE k.confrelid <> k.conrelid GROUP BY k.confrelid
        UNION ALL
        SELECT tab.oid::text, k.conkey[1]::text, 2, 1 FROM named, tab
        JOIN pg_constraint k ON k.conrelid = tab.oid AND k.contype = 'p' AND cardinality(k.conkey) = 1
        WHERE lower(tab.relname) IN (stem, stem || 's', stem || 'es', regexp_replace(stem, 'y$', 'ies'))
      ) AS found ORDER BY rank, n DESC, oid LIMIT 1
      """, [.oids(scope.map(\.oid)), .texts(column.names)])
    return try rows.first.map { (oid: try $0.text(0), key: try $0.text(1)) }
  }
}

extension SQLValue {
  /// An array of object ids, to be cast in the statement.
  static func oids(_ oids: [String]) -> SQLValue { .texts(oids) }
}
