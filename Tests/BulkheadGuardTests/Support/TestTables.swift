import Foundation

/// The tables of the corpus, twice: shared by two tenants whose rows collide in everything but the tenant, and alone
/// with the rows of the first, without any tenant's column. There is no row security here: the guard stands by itself.
enum TestTables {
  static let firstTenant = "00000000-0000-7000-8000-00000000000a"
  static let secondTenant = "00000000-0000-7000-8000-00000000000b"

  /// The first digits of the ids of each table's rows.
  static let idKind = ["product": 1, "stock": 2, "orders": 3, "order_line": 4]

  /// Column lists of the tables, without the tenant's.
  static let columns: [(table: String, definition: String, unique: String)] = [
    (
      "product",
      """
      id uuid, name text, sku text, price numeric, version int, note text, currency text, tags text[], meta jsonb,
      active boolean, deleted boolean, parent_id uuid
      """, "sku"
    ),
    ("stock", "id uuid, product_id uuid, quantity int, bin text", "bin"),
    ("orders", "id uuid, status text, placed_at timestamptz", ""),
    ("order_line", "id uuid, order_id uuid, product_id uuid, quantity int, price numeric", ""),
  ]

  /// Makes `shared` in schema `shared` and `alone` in schema `alone`, empty.
  static func create(_ session: Session, shared: String, alone: String) throws {
    try session.run("DROP SCHEMA IF EXISTS \(shared), \(alone) CASCADE")
    try session.run("CREATE SCHEMA \(shared)")
    try session.run("CREATE SCHEMA \(alone)")
    for (table, definition, unique) in columns {
      let tenant = "tenant_id uuid NOT NULL DEFAULT current_setting('test.tenant')::uuid"
      try session.run("CREATE TABLE \(shared).\(table) (\(tenant), \(definition), PRIMARY KEY (tenant_id, id))")
      try session.run("CREATE TABLE \(alone).\(table) (\(definition), PRIMARY KEY (id))")
      guard !unique.isEmpty else { continue }
      let name = "\(table)_\(unique)_key"
      try session.run("ALTER TABLE \(shared).\(table) ADD CONSTRAINT \(name) UNIQUE (tenant_id, \(unique))")
      try session.run("ALTER TABLE \(alone).\(table) ADD CONSTRAINT \(name) UNIQUE (\(unique))")
    }
    for (schema, key) in [(shared, "tenant_id, "), (alone, "")] {
      try session.run("CREATE INDEX stock_product_idx ON \(schema).stock (\(key)product_id)")
      try session.run("CREATE UNIQUE INDEX product_sku_active ON \(schema).product (\(key)sku) WHERE active")
      try session.run("CREATE UNIQUE INDEX product_sku_lower ON \(schema).product (\(key)lower(sku))")
      try session.run("CREATE TABLE \(schema).currency (code text PRIMARY KEY, name text)")
      try session.run("INSERT INTO \(schema).currency VALUES ('EUR', 'Euro'), ('USD', 'Dollar')")
    }
  }

  static func id(_ kind: Int, _ number: Int) -> String {
    String(format: "%08d-0000-7000-8000-%012d", kind, number)
  }

  /// `count` rows in each table for each tenant, with the same ids and keys and other values.
  static func fill(_ session: Session, shared: String, alone: String, count: Int) throws {
    for (tenant, offset) in [(firstTenant, 0), (secondTenant, 3)] {
      let statements = rows(count: count, offset: offset)
      try session.run("SET test.tenant = '\(tenant)'")
      for (table, select) in statements {
        let names = try columnNames(table)
        try session.run("INSERT INTO \(shared).\(table) (\(names)) \(select)")
        if tenant == firstTenant { try session.run("INSERT INTO \(alone).\(table) (\(names)) \(select)") }
      }
    }
    try session.run("SET test.tenant = '\(firstTenant)'")
    try session.run("ANALYZE")
  }

  private static func columnNames(_ table: String) throws -> String {
    let definition = columns.first { $0.table == table }?.definition ?? ""
    return definition.split(separator: ",").compactMap {
      $0.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
    .joined(separator: ", ")
  }

  private static func rows(count: Int, offset: Int) -> [(String, String)] {
    func uuid(_ kind: Int, _ number: String) -> String {
      "('0000000\(kind)-0000-7000-8000-' || lpad((\(number))::text, 12, '0'))::uuid"
    }
    let series = "FROM generate_series(1, \(count)) AS i"
    return [
      (
        "product",
        """
        SELECT \(uuid(1, "i")), 'name ' || (i + \(offset)) % 7, 'sku ' || i, (i * 7 + \(offset)) % 20, i % 3, NULL,
        CASE WHEN i % 2 = 0 THEN 'EUR' ELSE 'USD' END, ARRAY['t' || (i + \(offset)) % 3], jsonb_build_object('k', i),
        (i + \(offset)) % 2 = 0, false, CASE WHEN i > 1 THEN \(uuid(1, "i / 2")) END \(series)
        """
      ),
      (
        "stock",
        """
        SELECT \(uuid(2, "i")), \(uuid(1, "1 + (i + \(offset)) % \(count)")), (i + \(offset)) % 11, 'bin ' || i
        \(series)
        """
      ),
      (
        "orders",
        """
        SELECT \(uuid(3, "i")), (ARRAY['new', 'paid', 'void'])[1 + (i + \(offset)) % 3],
        timestamptz '2026-01-01' + (i + \(offset)) * interval '1 day' \(series)
        """
      ),
      (
        "order_line",
        """
        SELECT \(uuid(4, "i")), \(uuid(3, "1 + (i * 3 + \(offset)) % \(count)")),
        \(uuid(1, "1 + (i * 5 + \(offset)) % \(count)")), (i + \(offset)) % 9, (i + \(offset)) % 13 \(series)
        """
      ),
    ]
  }
}
