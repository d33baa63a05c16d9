import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Distribution
import Testing

@testable import bulkhead

@Suite("Placements and provisioning", .serialized)
struct PlacementTests {
  struct Interrupted: Error {}

  @Test("a raised epoch fences the tenant off until the registry names it too")
  func epoch() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.schema)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      let query = Query("SELECT id FROM product")
      #expect(try await scoped.read(query)[0].count > 0)
      try await system.admin("UPDATE bulkhead.placement SET epoch = 2 WHERE tenant_id = '\(tenant.id)'")
      await #expect(throws: DataError.self) { try await scoped.read(query) }
      await #expect(throws: DataError.self) {
        try await scoped.transaction { try await $0.run([query]) }
      }
      try await system.admin(
        "UPDATE control.tenant SET epoch = 2 WHERE id = '\(tenant.id)'", database: ControlDatabase.databaseName)
      #expect(try await scoped.read(query)[0].count > 0)
      #expect(try await scoped.transaction { try await $0.run([query]) }[0].count > 0)
    }
  }

  @Test("a move that the registry already knows is followed within one request")
  func followed() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.schema)
      #expect(try await system.get("/v1/stock", tenant).status == 200)
      try await system.admin("UPDATE bulkhead.placement SET epoch = 2 WHERE tenant_id = '\(tenant.id)'")
      try await system.admin(
        "UPDATE control.tenant SET epoch = 2 WHERE id = '\(tenant.id)'", database: ControlDatabase.databaseName)
      #expect(try await system.get("/v1/stock", tenant).status == 200)
    }
  }

  @Test("bind keys that a crash emptied are put back by the next request")
  func reseeded() async throws {
    try await TestSystem.run { system in
      // A database of its own: others go on binding in theirs.
      let tenant = try await system.tenant(.dedicated)
      let database = tenant.record.placement.database
      #expect(try await system.get("/v1/stock", tenant).status == 200)
      try await system.admin("TRUNCATE bulkhead.bind_key", database: database)
      #expect(try await system.get("/v1/stock", tenant).status == 200)
      #expect(try await system.admin("SELECT kid FROM bulkhead.bind_key", database: database).texts == ["k1"])
    }
  }

  @Test("a failure that the closure swallows is not committed, and nothing runs after it")
  func swallowed() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      let insert: Statement = "INSERT INTO consumed_event (consumer, event_id) VALUES ('swallow', $1)"
      let id = system.platform.ambient.makeID()
      // The second is refused by the key, so the first is lost too: that must not look like success.
      let error = await #expect(throws: DataError.self) {
        try await scoped.transaction { transaction in
          try await transaction.run(insert, .id(id))
          _ = try? await transaction.run(insert, .id(id))
        }
      }
      #expect(error?.kind == .other)
      // Nothing was sent, so nothing was bound: what follows must not be run in a transaction that never began.
      let rows = try? await scoped.transaction { transaction in
        _ = try? await transaction.run("SELECT id FROM product WHERE sku = $1", .text("a\0b"))
        return try await transaction.run("SELECT id FROM product").count
      }
      #expect(rows == nil)
      // A statement that the guard refused leaves the transaction as it was.
      let seen = try await scoped.transaction { transaction in
        _ = try? await transaction.run("LISTEN a")
        return try await transaction.run("SELECT id FROM product").count
      }
      #expect(seen > 0)
    }
  }

  @Test("creating a tenant again answers the same and another tier under its slug is refused", arguments: Tier.allCases)
  func again(tier: Tier) async throws {
    try await TestSystem.run { system in
      let platform = system.platform
      let first = try await system.tenant(tier, seeded: false).record
      let provisioner = platform.provisioner(TestCluster.shared.options)
      let request = TenantRequest(slug: first.slug, name: first.name, tier: tier)
      let second = try await provisioner.create(request, actor: platform.operatorActor)
      #expect(second.placement == first.placement && second.createdAt == first.createdAt)
      for other in Tier.allCases where other != tier {
        let error = await #expect(throws: Refusal.self) {
          try await provisioner.create(
            TenantRequest(slug: first.slug, name: first.name, tier: other), actor: platform.operatorActor)
        }
        #expect(error?.code == .tenantExistsOtherwise)
      }
      let chains = try await system.admin(
        "SELECT count(*) FROM \(first.placement.schema).audit_entry "
          + "WHERE tenant_id = '\(first.id)' AND act = 'tenant.created'", database: first.placement.database)
      #expect(chains.texts == ["1"])
    }
  }

  @Test(
    "provisioning that was cut short is absent to the outside and is completed", arguments: [Tier.schema, .dedicated])
  func interrupted(tier: Tier) async throws {
    try await TestSystem.run { system in
      let platform = system.platform
      let slug = "cut-\(tier.rawValue)-\(platform.ambient.makeID().hex.prefix(8))"
      let request = TenantRequest(slug: slug, name: "Cut", tier: tier)
      let actor = platform.operatorActor
      let failing = try Migrations(["0104_z_fails.sql": "SELECT 1 / 0;"])
      let whole = try Migrations([:])
      // Half of the tables are made, then a file fails; later everything is made but the last step.
      await #expect(throws: MigrationError.self) {
        try await Self.provisioner(system, failing).create(request, actor: actor)
      }
      let record = try #require(try await platform.registry.tenant(slug: slug))
      #expect(record.status == .provisioning)
      let token = try? await system.token(record)
      #expect(try await system.call("GET", "/v1/stock", token: token).status == 401)
      await #expect(throws: Interrupted.self) {
        try await Self.provisioner(system, whole, hook: { _ in throw Interrupted() }).create(request, actor: actor)
      }
      let made = try await platform.provisioner(TestCluster.shared.options).create(request, actor: actor)
      #expect(made.status == .active && made.placement == record.placement)
      let answer = try await system.call("GET", "/v1/stock", token: try await system.token(made))
      #expect(answer.status == 200, "\(answer.text)")
    }
  }

  private static func provisioner(
    _ system: TestSystem, _ files: Migrations, hook: ProvisionHook? = nil
  ) -> Provisioner {
    let platform = system.platform
    let migrator = files.together([MigrationCatalog.platformFolder, DistributionFiles.migrations])
    return Provisioner(
      control: platform.control, registry: platform.registry, cells: platform.cluster.cells,
      installation: Installation(
        migrator: migrator, credentials: platform.cluster.credentials,
        marks: CanaryMarks(master: platform.cluster.master), allowsUnpatched: false),
      identity: platform.identity, path: platform.path, ambient: platform.ambient, hooks: hook.map { [$0] } ?? [])
  }
}
