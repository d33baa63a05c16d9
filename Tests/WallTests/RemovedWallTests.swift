import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadLifecycle
import BulkheadPostgres
import Foundation
import Testing

@testable import bulkhead

/// Each wall taken away by itself, which must leak where nothing else stands: else a test of the others shows nothing.
@Suite("Walls removed", .serialized)
struct RemovedWallTests {
  /// Products that the first of two tenants sees in a shared schema of their own.
  private static func sight(
    predicate: Bool, rowSecurity: Bool, of system: TestSystem
  ) async throws -> (seen: Int, own: Int) {
    let platform = system.platform
    let schema = "wall_\(predicate ? "p" : "n")\(rowSecurity ? "r" : "n")"
    let installation = platform.cluster.installation(TestCluster.shared.options)
    try await platform.cluster.cells.main.connected(to: Installation.cellDatabase) { connection in
      try await installation.openSchema(schema, role: Installation.pooledRole, tenant: nil, connection)
      try await installation.migrateSchema(schema, connection) { _ in }
    }
    var tenants: [Tenant] = []
    for _ in 0..<2 {
      let tenant = try await system.tenant(.pooled, seeded: false)
      try await system.admin(
        "UPDATE control.tenant SET schema_name = '\(schema)' WHERE id = '\(tenant.id)'",
        database: ControlDatabase.databaseName)
      platform.registry.forget(tenant.id)
      let scoped = try await platform.operatorTenant(tenant.record, reason: "test")
      _ = try await scoped.transaction { transaction in
        try await transaction.run(
          "INSERT INTO consumed_event (consumer, event_id) VALUES ($1, $2)", .text("wall"), .id(tenant.id.id))
      }
      tenants.append(scoped)
    }
    if !rowSecurity {
      try await system.admin("ALTER TABLE \(schema).consumed_event DISABLE ROW LEVEL SECURITY")
    }
    let ids = try await tenants[0].read(Query("SELECT event_id FROM consumed_event"))[0].texts
    return (ids.count, ids.filter { $0 == "\(tenants[0].id)" }.count)
  }

  private static func system<Result>(
    predicate: Bool, _ body: (TestSystem) async throws -> Result
  ) async throws -> Result {
    var seams = Platform.Seams()
    if !predicate { seams.guardRules.remove(.tenantPredicate) }
    return try await TestSystem.run(platformSeams: seams, body)
  }

  @Test(
    "the guard's predicate and row security each hold alone", arguments: [(true, true), (true, false), (false, true)])
  func oneHolds(predicate: Bool, rowSecurity: Bool) async throws {
    try await Self.system(predicate: predicate) { system in
      let sight = try await Self.sight(predicate: predicate, rowSecurity: rowSecurity, of: system)
      #expect(sight.seen == 1 && sight.own == 1)
    }
  }

  @Test("with both removed the other tenant's row is seen, and the decoy's with it")
  func bothRemoved() async throws {
    try await Self.system(predicate: false) { system in
      let sight = try await Self.sight(predicate: false, rowSecurity: false, of: system)
      #expect(sight.seen == 3 && sight.own == 1)
    }
  }

  @Test("a bind function that checks nothing lets a forged token in")
  func bindRemoved() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.dedicated)
      let placement = tenant.record.placement
      let raw = try await system.raw(role: placement.role, database: placement.database)
      defer { raw.close() }
      let forged = String(system.bindToken(tenant, raw).dropLast(64)) + String(repeating: "0", count: 64)
      let bind = "BEGIN; SELECT bulkhead.bind('\(forged)')"
      #expect(await raw.refusal(bind) == "28000")
      try await system.admin(
        """
        CREATE OR REPLACE FUNCTION bulkhead.bind(token text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$ BEGIN
          PERFORM set_config('backtrace_functions', 't' || split_part(token, '.', 2), true);
        END $$
        """, database: placement.database)
      try await raw.sql(bind)
      #expect(try await raw.count("\(placement.schema).product") > 0)
    }
  }

  @Test("without its policy a table shows every tenant's rows to a bound connection")
  func policyRemoved() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.dedicated)
      let placement = tenant.record.placement
      let raw = try await system.raw(role: placement.role, database: placement.database)
      defer { raw.close() }
      #expect(try await raw.count("\(placement.schema).product") == 0)
      try await system.admin(
        "CREATE POLICY leak ON \(placement.schema).product USING (true)", database: placement.database)
      #expect(try await raw.count("\(placement.schema).product") > 0)
    }
  }

  @Test("a catalog function that was given back works again")
  func lockdownRemoved() async throws {
    try await TestSystem.run { system in
      let placement = try await system.tenant(.dedicated, seeded: false).record.placement
      let raw = try await system.raw(role: placement.role, database: placement.database)
      defer { raw.close() }
      #expect(await raw.refusal("SELECT pg_advisory_lock(1)") == "42501")
      try await system.admin(
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO PUBLIC", database: placement.database)
      #expect(await raw.refusal("SELECT pg_advisory_lock(1)") == nil)
    }
  }
}
