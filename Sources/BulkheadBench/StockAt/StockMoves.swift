import BulkheadCore
import BulkheadPostgres

/// Two years of a busy warehouse in the seeded tenant: products, bins, a million moves and the balances that they make.
///
/// Written past triggers and foreign keys: a million postings through the product would take an hour, and what is
/// measured is reading.
enum StockMoves {
  static let products = 2_000
  static let bins = 500
  /// Bins that each product lies in.
  static let binsEach = 5
  static let months = 24

  static func make(_ moves: Int, tenant: EntityID, _ administrator: PostgresConnection) async throws {
    for statement in statements(moves, tenant: tenant) { try await administrator.simple(statement, deadline: nil) }
  }

  private static func statements(_ moves: Int, tenant: EntityID) -> [String] {
    [
      "SET session_replication_role = replica",
      """
      INSERT INTO product (tenant_id, id, sku, name, base_uom, tracking, valuation)
        SELECT '\(tenant)', \(id("a", "n")), 'BENCH-' || n, 'Product ' || n, 'EA', 'none', 'fifo'
          FROM generate_series(0, \(products - 1)) AS n
      """,
      """
      INSERT INTO location (tenant_id, id, code, name, type, parent_id, warehouse_id, is_pickable)
        SELECT '\(tenant)', \(id("b", "n")), 'BIN-' || n, 'Bin ' || n, 'storage', w.storage_id, w.id, true
          FROM location AS w, generate_series(0, \(bins - 1)) AS n
         WHERE w.tenant_id = '\(tenant)' AND w.is_default
      """,
      // Two receipts of 2 for each issue of 1, so no bin goes below zero.
      """
      INSERT INTO stock_move (tenant_id, id, legal_entity_id, product_id, qty, entered_qty, entered_uom,
        from_location_id, to_location_id, effective_at, posted_seq, origin_type, origin_id)
        SELECT '\(tenant)', \(id("c", "n")), entity.id, \(id("a", "n % \(products)")), m.qty, m.qty, 'EA',
               CASE WHEN m.qty = 2 THEN outside.id ELSE m.bin END, CASE WHEN m.qty = 2 THEN m.bin ELSE outside.id END,
               now() - (1 - m.n::float8 / \(moves)) * interval '\(months) months', 1 + m.n / \(products), 'benchmark',
               \(id("d", "0"))
          FROM (SELECT n, CASE WHEN (n / \(products * binsEach)) % 3 = 2 THEN 1 ELSE 2 END AS qty,
                       \(id("b", "(n % \(products) * \(binsEach) + n / \(products) % \(binsEach)) % \(bins)")) AS bin
                  FROM generate_series(0, \(moves - 1)) AS n) AS m
          JOIN legal_entity AS entity ON entity.tenant_id = '\(tenant)' AND entity.is_default
          JOIN location AS outside ON outside.tenant_id = '\(tenant)' AND outside.code = 'SUPPLIER'
      """,
      "ANALYZE",
      """
      INSERT INTO stock_quant (tenant_id, id, product_id, location_id, on_hand, in_date, tracking, location_type,
        allow_negative)
        SELECT '\(tenant)', \(id("e", "row_number() OVER ()")), part.product_id, part.place, sum(part.qty), now(),
               'none', place.type, place.allow_negative
          FROM (SELECT product_id, to_location_id AS place, qty FROM stock_move WHERE origin_type = 'benchmark'
                UNION ALL
                SELECT product_id, from_location_id, -qty FROM stock_move WHERE origin_type = 'benchmark') AS part
          JOIN location AS place ON place.tenant_id = '\(tenant)' AND place.id = part.place
         GROUP BY part.product_id, part.place, place.type, place.allow_negative
      """,
      "RESET session_replication_role",
      "VACUUM ANALYZE",
    ]
  }

  /// `000000KK-0000-7000-8000-` and twelve decimal digits.
  private static func id(_ kind: String, _ number: String) -> String {
    "('0000000\(kind)-0000-7000-8000-' || lpad((\(number))::text, 12, '0'))::uuid"
  }
}
