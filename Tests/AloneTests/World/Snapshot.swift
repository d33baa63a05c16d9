import BulkheadCore
import BulkheadData
import BulkheadLifecycle

/// What the databases held of a tenant when it was made, and how to get back there.
///
/// Every table of the tenant's schema that has a `tenant_id` is copied. Putting back deletes the tenant's rows and
/// inserts the copies, with triggers and foreign keys asleep (`session_replication_role`), as the administrator.
struct Snapshot: Sendable {
  let database: String
  /// Statements of the tenant's own database.
  let tables: String
  /// Statements of the control database.
  let control: String

  static func take(_ record: TenantRecord, number: Int, _ access: AdminAccess) async throws -> Snapshot {
    let placement = record.placement
    let tenant = "'\(record.id)'::uuid"
    let tables = try await access.connected(to: placement.database) { connection in
      let found = try await connection.simple(
        """
        SELECT c.relname, string_agg(quote_ident(a.attname), ',' ORDER BY a.attnum)
          FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND a.attgenerated = ''
         WHERE c.relnamespace = '\(placement.schema)'::regnamespace AND c.relkind IN ('r', 'p')
         GROUP BY c.relname HAVING bool_or(a.attname = 'tenant_id') ORDER BY c.relname
        """, deadline: nil)
      var script = ""
      try await connection.simple("CREATE SCHEMA IF NOT EXISTS kept", deadline: nil)
      for row in found[0] {
        let name = try row.text(0)
        let columns = try row.text(1)
        let table = "\(placement.schema).\(name)"
        let kept = "kept.t\(number)_\(name)"
        try await connection.simple(
          "CREATE TABLE \(kept) AS SELECT \(columns) FROM \(table) WHERE tenant_id = \(tenant)", deadline: nil)
        let count = try await connection.simple("SELECT count(*) FROM \(kept)", deadline: nil)[0]
        script += "DELETE FROM \(table) WHERE tenant_id = \(tenant);\n"
        if try count.first?.int(0) != 0 {
          script += "INSERT INTO \(table) (\(columns)) SELECT \(columns) FROM \(kept);\n"
        }
      }
      return script
    }
    let kids = try await access.connected(to: ControlDatabase.databaseName) { connection in
      try await connection.simple(
        "SELECT kid FROM control.signing_key WHERE tenant_id = \(tenant)", deadline: nil)[0].map { try $0.text(0) }
    }
    let known = kids.map { "'\($0)'" }.joined(separator: ",")
    let control = """
      DELETE FROM control.user_account WHERE tenant_id = \(tenant);
      DELETE FROM control.service_token WHERE tenant_id = \(tenant);
      DELETE FROM control.revocation WHERE tenant_id = \(tenant);
      DELETE FROM control.job_ready WHERE tenant_id = \(tenant);
      DELETE FROM control.job WHERE tenant_id = \(tenant);
      DELETE FROM control.signing_key WHERE tenant_id = \(tenant) AND kid NOT IN (\(known));
      UPDATE control.signing_key SET state = 'active', not_after = NULL WHERE tenant_id = \(tenant);
      """
    let asleep = "SET LOCAL session_replication_role = replica;\n"
    return Snapshot(database: placement.database, tables: asleep + tables, control: control)
  }

  /// A script is one implicit transaction, in which `SET LOCAL` holds.
  func putBack(_ house: House) async throws {
    try await house.administer(ControlDatabase.databaseName, control)
    try await house.administer(database, tables)
  }
}
