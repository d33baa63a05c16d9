import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import BulkheadServer
import Testing

@testable import bulkhead

/// One system at a time: some tests take walls away from tables that all share.
@Suite("The server's edge", .serialized)
struct Edge {}

extension TestSystem {
  var marks: CanaryMarks { CanaryMarks(master: platform.cluster.master) }

  /// Runs `sql` in the tenant's database as the administrator.
  @discardableResult
  func admin(_ sql: String, of tenant: TestTenant) async throws -> Rows {
    let placement = tenant.record.placement
    return try await platform.cluster.cells.admin(of: placement.cell).connected(to: placement.database) {
      try await $0.simple(sql, deadline: .now + .seconds(30)).last
    } ?? Rows(columnCount: 0, starts: [], ends: [], bytes: [], affected: 0)
  }

  /// Takes row security away from the tables of the tenant's schema while `body` runs.
  func withoutRowSecurity<Result>(_ tenant: TestTenant, _ body: () async throws -> Result) async throws -> Result {
    try await rowSecurity("DISABLE", tenant)
    do {
      let result = try await body()
      try await rowSecurity("ENABLE", tenant)
      return result
    } catch {
      try await rowSecurity("ENABLE", tenant)
      throw error
    }
  }

  private func rowSecurity(_ verb: String, _ tenant: TestTenant) async throws {
    try await admin(
      """
      DO $$
      DECLARE target regclass;
      BEGIN
        FOR target IN SELECT oid::regclass FROM pg_class
          WHERE relkind = 'r' AND relnamespace = '\(tenant.record.placement.schema)'::regnamespace
        LOOP EXECUTE format('ALTER TABLE %s \(verb) ROW LEVEL SECURITY', target); END LOOP;
      END $$
      """, of: tenant)
  }

  /// Tenants' routes that read and need nothing but a credential.
  var listings: [Route] {
    application.api.table.routes.filter { route in
      guard case .tenant = route.access else { return false }
      return route.method == .get && route.parameters.isEmpty
        && route.query.allSatisfy { !$0.isRequired }
    }
  }
}
