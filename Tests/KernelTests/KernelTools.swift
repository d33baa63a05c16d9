import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Distribution

@testable import bulkhead

extension TestSystem {
  /// One tenant in each tier, all with the same company in them.
  func tenantOfEachTier() async throws -> [TestTenant] {
    var tenants: [TestTenant] = []
    for tier in Tier.allCases { tenants.append(try await tenant(tier)) }
    return tenants
  }

  /// The id of the demonstration product, as this tenant has it.
  func widget(_ tenant: TestTenant) async throws -> String {
    try await get("/v1/products?sku=\(DemoCompany.sku)", tenant).json["items"]?[0]?["id"]?.string ?? ""
  }

  /// What can be promised of the demonstration product.
  func availability(_ tenant: TestTenant) async throws -> JSON {
    try await get("/v1/products/\(try await widget(tenant))/availability", tenant).json
  }

  /// What the tenant's stock is worth, in cents.
  func stockValue(_ tenant: TestTenant) async throws -> Int64 {
    let scoped = try await platform.operatorTenant(tenant.record, reason: "test")
    let rows = try await scoped.read(
      Query(Statement("SELECT coalesce(sum(value_remaining_minor), 0)::bigint FROM valuation_layer")))
    return try rows.first?.first?.int(0) ?? -1
  }

  /// Every row that the tenant has, condensed to one line for each table. Read past the walls, so that reading leaves
  /// no trace in the audit trail.
  ///
  /// A worker of another test may hand on what this tenant's steps have left in the outbox: that, and that a consumer
  /// has seen it, is no change of the tenant's own.
  func rowsOf(_ tenant: TestTenant) async throws -> [String: String] {
    let placement = tenant.record.placement
    let select = """
      SELECT count(*) || '' '' || md5(coalesce(string_agg(told.line, ''|'' ORDER BY told.line), '''')) AS c \
      FROM %I.%I AS t, LATERAL (SELECT (to_jsonb(t) - ''dispatched_at'')::text) AS told (line) \
      WHERE t.tenant_id = ''\(tenant.id)''
      """
    let rows = try await platform.cluster.cells.admin(of: placement.cell).connected(to: placement.database) {
      try await $0.simple(
        """
        SELECT c.table_name,
               (xpath('//c/text()',
                 query_to_xml(format('\(select)', c.table_schema, c.table_name), false, false, '')))[1]
          FROM information_schema.columns AS c
         WHERE c.table_schema = '\(placement.schema)' AND c.column_name = 'tenant_id'
           AND c.table_name <> 'consumed_event'
        """, deadline: nil)
    }
    var condensed: [String: String] = [:]
    guard let tables = rows.last else { return [:] }
    for row in tables { condensed[try row.text(0)] = try row.text(1) }
    return condensed
  }
}

extension TestAnswer {
  /// `pointer code` of every place that a problem document names.
  var places: [String] {
    (json["violations"]?.array ?? []).map { "\($0["pointer"]?.string ?? "-") \($0["code"]?.string ?? "-")" }
  }
}

/// Bodies that many tests send.
enum Bodies {
  static func order(_ quantity: Int, po: String? = nil) -> JSON {
    [
      "customer": .string(DemoCompany.customer), "poNumber": .optional(po),
      "lines": [["sku": .string(DemoCompany.sku), "quantity": .int(quantity)]],
    ]
  }

  static func receipt(_ quantity: Int, lot: String) -> JSON {
    [
      "kind": "receipt", "reason": "Goods in",
      "lines": [
        [
          "sku": .string(DemoCompany.sku), "quantity": .int(quantity), "lot": .string(lot), "unitCost": "5.00",
        ]
      ],
    ]
  }
}
