import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Foundation
import Testing

@testable import bulkhead

@Suite("Schema rules", .serialized)
struct SchemaRuleTests {
  private static let good = """
    CREATE TABLE thing (
      tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid NOT NULL, note text, PRIMARY KEY (tenant_id, id));
    SELECT bulkhead.protect('thing', updatable => '{note}', deletable => true);

    """

  /// What breaks exactly the named rule, after `good`.
  private static let breaches: [(rule: String, sql: String)] = [
    (
      "a table has a tenant_id uuid NOT NULL",
      """
      CREATE TABLE other (tenant_id uuid, id uuid); CREATE UNIQUE INDEX ON other (tenant_id, id);
      SELECT bulkhead.protect('other')
      """
    ),
    ("row security is enabled", "ALTER TABLE thing DISABLE ROW LEVEL SECURITY"),
    ("row security is forced on the owner", "ALTER TABLE thing NO FORCE ROW LEVEL SECURITY"),
    (
      "the tenant policy is in place",
      "DROP POLICY tenant ON thing; CREATE POLICY tenant ON thing USING (true) WITH CHECK (true)"
    ),
    (
      "the tenant policy is in place",
      """
      DROP POLICY tenant ON thing; CREATE POLICY tenant ON thing
      USING (tenant_id = (SELECT bulkhead.tenant()) OR note IS NULL) WITH CHECK (tenant_id = (SELECT bulkhead.tenant()))
      """
    ),
    (
      "the tenant policy is in place",
      """
      DROP POLICY tenant ON thing;
      CREATE POLICY tenant ON thing FOR SELECT USING (tenant_id = (SELECT bulkhead.tenant()))
      """
    ),
    (
      "no policy but the tenant's and the relay's on the outbox",
      "CREATE POLICY support ON thing FOR SELECT USING (true)"
    ),
    (
      "no policy but the tenant's and the relay's on the outbox",
      "CREATE POLICY relay ON thing TO bulkhead_relay USING (true)"
    ),
    ("every index starts with tenant_id", "CREATE INDEX ON thing (note)"),
    ("every index starts with tenant_id", "CREATE INDEX ON thing (note, tenant_id)"),
    ("every index starts with tenant_id", "CREATE UNIQUE INDEX ON thing (lower(note))"),
    (
      "every foreign key carries tenant_id on both sides",
      "ALTER TABLE thing ADD FOREIGN KEY (id, tenant_id) REFERENCES thing (tenant_id, id)"
    ),
    (
      "a foreign key stays inside its schema",
      "ALTER TABLE thing ADD FOREIGN KEY (tenant_id, id) REFERENCES rules_base.thing (tenant_id, id)"
    ),
    ("no sequence is shared by tenants", "CREATE SEQUENCE numbers"),
    ("no sequence is shared by tenants", "ALTER TABLE thing ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY"),
    ("no view, materialized view or foreign table", "CREATE VIEW things AS SELECT id FROM thing"),
    ("no view, materialized view or foreign table", "CREATE MATERIALIZED VIEW things AS SELECT id FROM thing"),
    (
      "a function with its owner's rights pins its search_path and only appends to the audit trail",
      "CREATE FUNCTION peek() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'"
    ),
    (
      "a function with its owner's rights pins its search_path and only appends to the audit trail",
      "CREATE FUNCTION audit_entry_chain() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"
    ),
    ("nothing is granted on a whole table but DELETE, and nothing to PUBLIC", "GRANT SELECT ON thing TO bulkhead_pool"),
    ("nothing is granted on a whole table but DELETE, and nothing to PUBLIC", "GRANT UPDATE ON thing TO bulkhead_pool"),
    ("nothing is granted on a whole table but DELETE, and nothing to PUBLIC", "GRANT DELETE ON thing TO PUBLIC"),
    ("nothing is granted on a whole table but DELETE, and nothing to PUBLIC", "GRANT SELECT (note) ON thing TO PUBLIC"),
    ("tenant_id cannot be written by the placement's role", "GRANT INSERT (tenant_id) ON thing TO bulkhead_pool"),
    ("tenant_id cannot be written by the placement's role", "GRANT UPDATE (tenant_id) ON thing TO bulkhead_pool"),
  ]

  @Test("a migration that breaks a rule is refused with that rule's name and has no effect")
  func breaches() async throws {
    #expect(Set(Self.breaches.map(\.rule)) == Set(SchemaRules.rules.map(\.name)), "every rule is broken once")
    try await Throwaway.database("wall_rules") { connection, installation in
      try await installation.openSchema("rules_base", role: "bulkhead_pool", tenant: nil, connection)
      try await Migrations(["0001_good.sql": Self.good]).migrator.migrateSchema("rules_base", connection)
      try await connection.sql("GRANT USAGE ON SCHEMA rules_base TO bulkhead_owner")
      for (index, breach) in Self.breaches.enumerated() {
        let schema = "rules_\(index)"
        try await installation.openSchema(schema, role: "bulkhead_pool", tenant: nil, connection)
        let files = try Migrations(["0001_bad.sql": Self.good + breach.sql + ";"])
        do {
          try await files.migrator.migrateSchema(schema, connection)
          Issue.record("not refused: \(breach)")
        } catch let error as MigrationError {
          let named = SchemaRules.rules.map(\.name).filter { error.detail.contains($0 + ": ") }
          #expect(error.reason == .ruleBroken && named == [breach.rule], "\(breach.sql): \(error)")
        }
        let left = try await connection.sql(
          """
          SELECT count(*) FROM pg_class WHERE relnamespace = '\(schema)'::regnamespace
          UNION ALL SELECT count(*) FROM bulkhead.migration WHERE schema_name = '\(schema)'
          """)
        #expect(left.texts == ["0", "0"], "\(breach.sql)")
      }
    }
  }

  @Test("the platform's own tables keep every rule in every tier", arguments: Tier.allCases)
  func own(tier: Tier) async throws {
    try await TestSystem.run { system in
      let placement = try await system.tenant(tier, seeded: false).record.placement
      try await system.admin(SchemaRules.check(schema: placement.schema), database: placement.database)
      let tables = try await system.admin(
        "SELECT count(*) FROM pg_class WHERE relnamespace = '\(placement.schema)'::regnamespace AND relkind = 'r'",
        database: placement.database)
      #expect(try tables[0].int(0) > 20)
    }
  }
}

/// A database of its own for what must not be seen by other tests.
enum Throwaway {
  static func database(
    _ name: String, _ body: (PostgresConnection, Installation) async throws -> Void
  ) async throws {
    let cluster = try await TestCluster.shared.cluster()
    let installation = cluster.installation(TestCluster.shared.options)
    try await cluster.cells.main.exclusively {
      try await installation.installDatabase(name, cluster.cells.main) { _ in }
    }
    try await cluster.cells.main.connected(to: name) { try await body($0, installation) }
  }
}

/// Migration files of a test, in a folder that goes with the cluster.
struct Migrations {
  private let folder: URL

  init(_ files: [String: String]) throws {
    folder = TestCluster.shared.folder.appendingPathComponent("migrations-\(UUID().uuidString)")
    let set = folder.appendingPathComponent("tenant")
    try FileManager.default.createDirectory(at: set, withIntermediateDirectories: true)
    for (name, sql) in files { try write(name, sql) }
  }

  func write(_ name: String, _ sql: String) throws {
    try Data(sql.utf8).write(to: folder.appendingPathComponent("tenant/\(name)"))
  }

  var migrator: Migrator { Migrator(catalog: MigrationCatalog(folders: [folder])) }

  /// The platform's own files and these.
  func together(_ own: [URL]) -> Migrator { Migrator(catalog: MigrationCatalog(folders: own + [folder])) }
}
