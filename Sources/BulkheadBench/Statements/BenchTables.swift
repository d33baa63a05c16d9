import BulkheadCore
import BulkheadPostgres

/// Two tables of 200 tenants whose rows collide in everything but the tenant, protected by the product's own migration
/// functions, in a schema that the shared login role is granted as a home.
enum BenchTables {
  static let tenants = 200
  static let ordersEach = 100
  static let linesEach = 1_250

  static func order(_ number: Int) -> EntityID { id(kind: 1, number) }
  static func line(_ number: Int) -> EntityID { id(kind: 2, number) }
  static func tenant(_ number: Int) -> EntityID { id(kind: 3, number) }

  /// `0000000K-0000-7000-8000-` and twelve decimal digits, as the seeding below writes it.
  private static func id(kind: Int, _ number: Int) -> EntityID {
    var low: UInt64 = 0
    for (place, digit) in String(number).reversed().enumerated() {
      low |= UInt64(digit.wholeNumberValue ?? 0) << UInt64(4 * place)
    }
    return EntityID(high: UInt64(kind) << 32 | 0x7000, low: 0x8000 << 48 | low)
  }

  static func make(_ administrator: PostgresConnection) async throws {
    try await administrator.simple(
      """
      CREATE SCHEMA bench AUTHORIZATION bulkhead_owner;
      GRANT USAGE ON SCHEMA bench TO \(BenchDatabase.pooledRole);
      INSERT INTO bulkhead.home (schema_name, grantee) VALUES ('bench', '\(BenchDatabase.pooledRole)');
      INSERT INTO bulkhead.placement (tenant_id, role_name, epoch)
        SELECT \(id("3", "i")), '\(BenchDatabase.pooledRole)', 1 FROM generate_series(1, \(tenants)) AS i;
      SET search_path = bench, pg_catalog;
      SET ROLE bulkhead_owner;
      CREATE TABLE bench_order (tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid NOT NULL,
        number integer NOT NULL, customer text NOT NULL, PRIMARY KEY (tenant_id, id));
      CREATE INDEX bench_order_customer ON bench_order (tenant_id, customer);
      CREATE TABLE bench_line (tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid NOT NULL,
        order_id uuid NOT NULL, sku text NOT NULL, quantity integer NOT NULL, placed_on integer NOT NULL,
        PRIMARY KEY (tenant_id, id));
      CREATE INDEX bench_line_order ON bench_line (tenant_id, order_id);
      CREATE INDEX bench_line_placed_on ON bench_line (tenant_id, placed_on);
      SELECT bulkhead.protect('bench_order');
      SELECT bulkhead.protect('bench_line');
      RESET ROLE;
      INSERT INTO bench_order SELECT \(id("3", "t")), \(id("1", "i")), i, 'customer ' || i % 10
        FROM generate_series(1, \(tenants)) AS t, generate_series(1, \(ordersEach)) AS i;
      INSERT INTO bench_line SELECT \(id("3", "t")), \(id("2", "i")), \(id("1", "1 + i % \(ordersEach)")),
        'sku ' || i % 25, 1 + i % 7, i % 100
        FROM generate_series(1, \(tenants)) AS t, generate_series(1, \(linesEach)) AS i;
      RESET search_path;
      """, deadline: nil)
    // VACUUM cannot run in the script's transaction.
    for table in ["bench_order", "bench_line"] {
      try await administrator.simple("VACUUM ANALYZE bench.\(table)", deadline: nil)
    }
  }

  /// The same in SQL, for the number that `number` says.
  static func id(_ kind: String, _ number: String) -> String {
    "('0000000\(kind)-0000-7000-8000-' || lpad((\(number))::text, 12, '0'))::uuid"
  }
}
