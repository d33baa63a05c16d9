import BulkheadCore
import BulkheadPostgres

extension Migrator {
  /// Puts the decoys into one schema, or what of them is missing.
  ///
  /// Their tenant is in no registry and has no placement, so nobody can be bound to it; here the administrator, who
  /// alone may, sets the binding itself. A schema of one tenant keeps every other's rows out by a constraint, which is
  /// widened by exactly this one id.
  ///
  /// - Parameters:
  ///   - tenant: the tenant id of the decoys.
  ///   - marks: what the rows carry; the files take them by number, from 1.
  package func plantDecoys(
    _ schema: String, tenant: EntityID, marks: [EntityID], _ connection: PostgresConnection
  ) async throws {
    let files = try catalog.files(.decoy)
    guard !files.isEmpty else { return }
    let list = marks.map(\.description).joined(separator: ",")
    do {
      try await connection.simple(
        """
        BEGIN;
        SET LOCAL statement_timeout = 0;
        SET LOCAL client_min_messages = warning;
        SELECT pg_advisory_xact_lock(4711);
        \(Self.admitDecoys(schema, tenant))
        SET LOCAL backtrace_functions = 't\(tenant.hex)';
        SET LOCAL bulkhead.marks = '{\(list)}';
        SET LOCAL ROLE bulkhead_owner;
        SET LOCAL search_path = \(schema);
        \(files.map(\.sql).joined(separator: "\n;\n"))
        ;
        COMMIT;
        """, deadline: nil)
    } catch {
      _ = try? await connection.simple("ROLLBACK", deadline: nil)
      throw MigrationError(.statementFailed, file: "decoys of \(schema)", detail: error.debugDescription)
    }
  }

  /// Lets the decoys' tenant, besides the schema's own, into tables that belong to one tenant. New tables come with
  /// the narrow form of the constraint, so this is looked at each time.
  private static func admitDecoys(_ schema: String, _ tenant: EntityID) -> String {
    """
    DO $decoys$
    DECLARE
      owner uuid := (SELECT tenant_id FROM bulkhead.home WHERE schema_name = \(quote(schema)));
      target regclass;
    BEGIN
      FOR target IN
        SELECT conrelid::regclass FROM pg_constraint
         WHERE connamespace = \(quote(schema))::regnamespace AND conname = 'tenant_home'
           AND pg_get_constraintdef(oid) NOT LIKE '%\(tenant)%'
      LOOP
        EXECUTE format(
          'ALTER TABLE %s DROP CONSTRAINT tenant_home, ADD CONSTRAINT tenant_home CHECK (tenant_id IN (%L, %L))',
          target, owner, '\(tenant)');
      END LOOP;
    END $decoys$;
    """
  }
}
