import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Distribution
import Testing

@testable import bulkhead

/// A figure that an administrator makes wrong, past triggers and walls, and what a repair is to say of it.
struct Damage {
  let check: String
  let table: String
  let column: String
  /// How much is added.
  let by: Int
  /// Which row.
  let rows: String
  /// What goes wrong with it, so that the row's own rules hold.
  var with: [(column: String, by: Int)] = []
  /// What tells a row.
  var key = "id"
  /// Whether the figure is a quantity rather than minor units.
  var isQuantity = true

  static let all: [Damage] = [
    Damage(
      check: "I1", table: "stock_quant", column: "on_hand", by: 3, rows: "location_type = 'storage' AND reserved = 0"),
    Damage(check: "I2", table: "stock_quant", column: "reserved", by: -1, rows: "reserved > 1"),
    Damage(
      check: "I6b", table: "valuation_layer", column: "qty_remaining", by: -1, rows: "qty_remaining > 2"),
    Damage(
      check: "I6b", table: "valuation_layer", column: "value_remaining_minor", by: -7, rows: "qty_remaining > 2",
      isQuantity: false),
    Damage(check: "I6a", table: "product_cost", column: "qty", by: 2, rows: "qty > 0", key: "product_id"),
    Damage(
      check: "I6a", table: "product_cost", column: "value_minor", by: 11, rows: "qty > 0", key: "product_id",
      isQuantity: false),
    Damage(
      check: "I8a", table: "sales_order_line", column: "reserved", by: -1, rows: "reserved > 1",
      with: [("open", 1)]),
    Damage(check: "F6", table: "sales_order_line", column: "invoiced", by: -1, rows: "invoiced > credited + 1"),
    Damage(
      check: "I11b", table: "shipment_line", column: "picked", by: -1, rows: "shipped > 1",
      with: [("packed", -1), ("shipped", -1)]),
    Damage(
      check: "R5", table: "customer_return_line", column: "value_minor", by: -3, rows: "value_minor > 3",
      isQuantity: false),
    Damage(check: "I8b", table: "sales_order", column: "total_minor", by: 100, rows: "true", isQuantity: false),
    Damage(check: "P2", table: "receipt_line", column: "invoiced", by: -1, rows: "invoiced > 1"),
    Damage(
      check: "P2", table: "receipt_line", column: "cleared_minor", by: -5, rows: "invoiced > 1", isQuantity: false),
    Damage(check: "P1a", table: "purchase_order_line", column: "received", by: -1, rows: "received > invoiced + 1"),
    Damage(
      check: "P2", table: "purchase_order_line", column: "cleared_minor", by: -5, rows: "cleared_minor > 5",
      isQuantity: false),
    Damage(check: "P1", table: "planned_move", column: "qty", by: 4, rows: "state = 'draft'"),
    Damage(check: "P5", table: "supplier_contract_line", column: "released_qty", by: -2, rows: "released_qty > 2"),
    Damage(check: "E1", table: "asn_line", column: "received", by: -1, rows: "received > 1"),
    Damage(check: "F5", table: "invoice", column: "open_minor", by: -1, rows: "open_minor > 1", isQuantity: false),
    Damage(
      check: "F5a", table: "payment", column: "open_minor", by: 1, rows: "open_minor < amount_minor",
      isQuantity: false),
    Damage(
      check: "I9", table: "credit_account", column: "open_orders_minor", by: 5, rows: "true", key: "customer_id",
      isQuantity: false),
    Damage(
      check: "F4", table: "credit_account", column: "open_receivable_minor", by: -6, rows: "true", key: "customer_id",
      isQuantity: false),
    Damage(check: "T5", table: "stock_shortage", column: "open_qty", by: -1, rows: "open_qty > 1"),
  ]

  /// What repairs are to be made of all of them: `check table.column was -> becomes`, for each column touched.
  func expected(_ before: [String: String], _ after: [String: String]) throws -> [String] {
    try ([(column, check)] + with.map { ($0.column, Self.checks[$0.column] ?? check) }).map { name, check in
      let was = try #require(after[name])
      let becomes = try #require(before[name])
      return "\(check) \(table).\(name) \(was) -> \(becomes)"
    }
  }

  private static let checks = ["open": "I8", "packed": "I12a", "shipped": "I12a"]

  var changes: [(column: String, by: Int)] { [(column: column, by: by)] + with }
  var columns: [String] { changes.map(\.column) }
}

/// A tenant's tables as the administrator of its home sees them.
struct DamagedBooks {
  let system: TestSystem
  let tenant: TestTenant

  /// Past row security, triggers and grants.
  func asAdministrator(_ sql: String) async throws -> [[String]] {
    let place = tenant.record.placement
    let results = try await system.platform.cluster.cells.admin(of: place.cell).connected(to: place.database) {
      try await $0.simple("SET session_replication_role = replica; \(sql)", deadline: nil)
    }
    guard let rows = results.last else { return [] }
    return rows.map { row in (0..<rows.columnCount).map { row.textOrNil($0) ?? "-" } }
  }

  func table(_ name: String) -> String { "\(tenant.record.placement.schema).\(name)" }

  /// The row that a damage is about.
  func row(_ damage: Damage) async throws -> String {
    let rows = try await asAdministrator(
      """
      SELECT \(damage.key) FROM \(table(damage.table)) WHERE tenant_id = '\(tenant.id)' AND (\(damage.rows))
       ORDER BY 1 LIMIT 1
      """)
    return try #require(rows.first?.first, "no row of \(damage.table) where \(damage.rows)")
  }

  func figures(_ damage: Damage, _ row: String) async throws -> [String: String] {
    let columns = damage.columns.map { damage.isQuantity ? "trim_scale(\($0))" : $0 }.joined(separator: ", ")
    let found = try await asAdministrator(
      """
      SELECT \(columns) FROM \(table(damage.table)) WHERE tenant_id = '\(tenant.id)' AND \(damage.key) = '\(row)'
      """)
    return Dictionary(zip(damage.columns, found.first ?? []), uniquingKeysWith: { first, _ in first })
  }

  func make(_ damage: Damage, _ row: String) async throws {
    let changes = damage.changes.map { "\($0.column) = \($0.column) + \($0.by)" }.joined(separator: ", ")
    _ = try await asAdministrator(
      """
      UPDATE \(table(damage.table)) SET \(changes) WHERE tenant_id = '\(tenant.id)' AND \(damage.key) = '\(row)'
      """)
  }
}
