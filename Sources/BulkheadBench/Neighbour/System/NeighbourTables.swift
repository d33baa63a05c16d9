import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres

/// 180 tenants of a pooled cell in three tables, protected by the product's own migration functions. Order and line
/// numbers are the same in all tenants; one has many more lines than the others.
enum NeighbourTables {
  static let schema = "bench"
  static let tables = ["flow_order", "flow_line", "flow_shipment"]
  static let tenants = 180
  static let ordersEach = 100
  static let linesEach = 500
  /// The tenant that floods is the first.
  static let flooder = BenchTables.tenant(1)
  static let flooderLines = 300_000

  static func make(_ admin: AdminAccess, _ installation: Installation) async throws {
    try await admin.connected(to: Installation.cellDatabase) { connection in
      try await installation.openSchema(schema, role: Installation.pooledRole, tenant: nil, connection)
      for statement in cellStatements { try await connection.simple(statement, deadline: nil) }
    }
    try await admin.connected(to: ControlDatabase.databaseName) { connection in
      _ = try await connection.simple(registry(admin), deadline: nil)
    }
  }

  /// Autovacuum would fall into some rounds and not into others: the flooded table is vacuumed before each instead.
  private static let cellStatements = [
    """
    SET search_path = \(schema), pg_catalog;
    SET ROLE bulkhead_owner;
    CREATE TABLE flow_order (tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid NOT NULL,
      status text NOT NULL, first_line integer NOT NULL, shipped integer NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant_id, id)) WITH (fillfactor = 80);
    CREATE TABLE flow_line (tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), number integer NOT NULL,
      sku text NOT NULL, quantity integer NOT NULL, picked integer NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant_id, number)) WITH (fillfactor = 80, autovacuum_enabled = false);
    CREATE TABLE flow_shipment (tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid NOT NULL,
      order_id uuid NOT NULL, PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, order_id) REFERENCES flow_order (tenant_id, id));
    SELECT bulkhead.protect('flow_order', updatable => '{status,shipped}');
    SELECT bulkhead.protect('flow_line', updatable => '{picked}');
    SELECT bulkhead.protect('flow_shipment');
    RESET ROLE;
    INSERT INTO bulkhead.placement (tenant_id, role_name, epoch)
      SELECT \(BenchTables.id("3", "t")), '\(Installation.pooledRole)', 1 FROM generate_series(1, \(tenants)) AS t;
    INSERT INTO flow_order (tenant_id, id, status, first_line)
      SELECT \(BenchTables.id("3", "t")), \(BenchTables.id("1", "i")), 'confirmed', 1 + (i - 1) * \(linesPerOrder)
      FROM generate_series(1, \(tenants)) AS t, generate_series(1, \(ordersEach)) AS i;
    INSERT INTO flow_line (tenant_id, number, sku, quantity)
      SELECT \(BenchTables.id("3", "t")), i, 'sku ' || i % 25, 1 + i % 7
      FROM generate_series(2, \(tenants)) AS t, generate_series(1, \(linesEach)) AS i;
    INSERT INTO flow_line (tenant_id, number, sku, quantity)
      SELECT \(BenchTables.id("3", "1")), i, 'sku ' || i % 25, 1 + i % 7
      FROM generate_series(1, \(flooderLines)) AS i;
    RESET search_path;
    """, "VACUUM ANALYZE",
  ]

  private static let linesPerOrder = linesEach / ordersEach

  private static func registry(_ admin: AdminAccess) -> String {
    """
    INSERT INTO control.cell (name, host, port)
      VALUES ('\(BenchDatabase.cell)', '\(admin.address.host)', \(admin.address.port));
    INSERT INTO control.org_node (id, parent_id, kind, slug, name)
      VALUES (\(BenchTables.id("4", "1")), NULL, 'platform', 'platform', 'Platform');
    INSERT INTO control.org_node (id, parent_id, kind, slug, name)
      SELECT \(BenchTables.id("3", "t")), \(BenchTables.id("4", "1")), 'tenant', 'tenant-' || t, 'Tenant ' || t
      FROM generate_series(1, \(tenants)) AS t;
    INSERT INTO control.tenant (id, slug, tier, cell, database_name, schema_name, role_name, status)
      SELECT \(BenchTables.id("3", "t")), 'tenant-' || t, 'pooled', '\(BenchDatabase.cell)',
             '\(Installation.cellDatabase)', '\(schema)', '\(Installation.pooledRole)', 'active'
      FROM generate_series(1, \(tenants)) AS t;
    """
  }

  /// Before each round: dead rows of the last flood are gone and everything dirty is on disk, so that all begin alike.
  static func settle(_ administrator: PostgresConnection) async throws {
    for table in tables { try await administrator.simple("VACUUM \(schema).\(table)", deadline: nil) }
    try await administrator.simple("CHECKPOINT", deadline: nil)
  }
}
