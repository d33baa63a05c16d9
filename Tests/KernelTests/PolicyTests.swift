import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import Testing

@testable import bulkhead

@Suite("Limits from policy")
struct PolicyTests {
  private func slug(_ kind: String) -> String {
    "\(kind)-\(SystemRandom().bytes(5).map { String($0, radix: 16) }.joined())"
  }

  private func set(_ limits: JSON, for name: String, in system: TestSystem) async throws {
    let node = try await system.platform.node(named: name)
    let known = try await system.platform.policies.policy(of: node)
    _ = try await system.platform.policies.write(
      try PolicyLimits(limits), of: node, version: known.own.version, actor: system.platform.operatorActor)
  }

  /// Asks until the registry has forgotten what it knew, which takes up to two seconds.
  private func limits(_ tenant: TestTenant, are wanted: JSON, in system: TestSystem) async throws {
    for _ in 0..<100 {
      if try await system.get("/v1/limits", tenant).json == wanted { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    let found = try await system.get("/v1/limits", tenant).json
    Issue.record("limits are \(found.text), not \(wanted.text)")
  }

  @Test("a limit of the OEM holds for its customers, each may have less, none more, and nobody else is touched")
  func inheritance() async throws {
    try await TestSystem.run { system in
      let (oem, plan) = (slug("oem"), slug("plan"))
      try await system.platform.policies.writePlan(
        plan, try PolicyLimits(["leases": 6]), actor: system.platform.operatorActor)
      let under = try await system.tenant(.pooled, seeded: false, parent: "\(oem)/north", plan: plan)
      let beside = try await system.tenant(.schema, seeded: false)
      try await set(["requestsPerSecond": 200, "leases": 4], for: oem, in: system)
      try await set(["requestsInFlight": 32], for: "\(oem)/north", in: system)
      try await set(["requestsPerSecond": 100], for: under.record.slug, in: system)
      try await limits(
        under, are: ["leases": 4, "requestBurst": 100, "requestsInFlight": 32, "requestsPerSecond": 100], in: system)
      try await limits(beside, are: .object([]), in: system)
      #expect(try await system.get("/v1/limits", under).headers["ratelimit-policy"] == #""requests";q=100;w=1"#)
      #expect(try await system.get("/v1/limits", beside).headers["ratelimit-policy"] == nil)

      // Above it gets tighter: at once for all below, whatever they were given before.
      try await set(["requestsPerSecond": 50, "leases": 4], for: oem, in: system)
      try await limits(
        under, are: ["leases": 4, "requestBurst": 50, "requestsInFlight": 32, "requestsPerSecond": 50], in: system)
    }
  }

  @Test("a tenant's place among those that share the database is its line of the org tree, with weights")
  func shares() async throws {
    try await TestSystem.run { system in
      let oem = slug("oem")
      let tenant = try await system.tenant(.pooled, seeded: false, parent: "\(oem)/north")
      let platform = system.platform
      try await platform.policies.weigh(try await platform.node(named: oem), 3, actor: platform.operatorActor)
      let written = try await platform.control.run(
        "SELECT detail::text FROM control.audit_entry WHERE subject = $1 ORDER BY seq DESC LIMIT 1",
        [.text("oem:\(try await platform.node(named: oem).id)")])
      #expect(try written.first?.json(0) == ["from": ["weight": 1], "to": ["weight": 3]])
      let own = try await platform.node(named: tenant.record.slug)
      try await platform.policies.weigh(own, 5, actor: platform.operatorActor)
      platform.registry.forget(tenant.record.id)
      let line = try await platform.tenant(named: tenant.record.slug).line
      #expect(line.tenant == tenant.record.id)
      #expect(line.nodes.map(\.weight) == [3, 1, 5])
      #expect(line.nodes.last?.id == tenant.record.id.id)
      // A weight is no limit, and a limit written later leaves it.
      #expect(try await platform.tenant(named: tenant.record.slug).limits == .none)
      try await set(["leases": 2], for: tenant.record.slug, in: system)
      #expect(try await platform.tenant(named: tenant.record.slug).line.nodes.map(\.weight) == [3, 1, 5])
      for wrong in [0, -1, 101] {
        await #expect(throws: Refusal.self) {
          try await platform.policies.weigh(own, wrong, actor: platform.operatorActor)
        }
      }
    }
  }

  @Test("a policy that loosens is refused and names who forbids it; a stale one is refused too; nothing changes")
  func refusals() async throws {
    try await TestSystem.run { system in
      let (oem, plan) = (slug("oem"), slug("plan"))
      try await system.platform.policies.writePlan(
        plan, try PolicyLimits(["bodyBytes": 4096]), actor: system.platform.operatorActor)
      let tenant = try await system.tenant(.pooled, seeded: false, parent: oem, plan: plan)
      try await set(["requestsPerSecond": 20], for: oem, in: system)
      let issuer = PlatformTokenIssuer(ring: system.platform.ring, ambient: system.platform.ambient)
      let token = try await issuer.issue(
        actor: system.platform.operatorActor, permissions: PlatformPermissions.operatorAll
      ).text.withValue { $0 }
      let path = "/v1/platform/tenants/\(tenant.record.id)/policy"
      func put(_ limits: JSON, version: Int) async throws -> TestAnswer {
        try await system.call(
          "PUT", path, token: token, json: ["limits": limits], headers: ["If-Match": "\"\(version)\""])
      }

      let loose = try await put(["requestsPerSecond": 21, "bodyBytes": 8192, "leases": 3], version: 0)
      #expect(loose.status == 409 && loose.code == "policy.loosened", "\(loose.text)")
      let told = (loose.json["violations"]?.array ?? []).map { $0["message"]?.string ?? "" }
      #expect(told.count == 2)
      #expect(told.first?.contains("plan \(plan) allows 4096 bytes") == true, "\(told)")
      #expect(told.last?.contains("oem \(oem) allows 20 requests per second") == true, "\(told)")

      for (limits, code) in [
        (["leases": -1] as JSON, "policy.limitOutOfRange"), (["requestBurst": 5], "policy.limitContradicts"),
        (["transactionMilliseconds": 200, "lockMilliseconds": 300], "policy.limitContradicts"),
      ] {
        let refused = try await put(limits, version: 0)
        #expect(refused.status == 422 && refused.text.contains(code), "\(refused.text)")
      }
      #expect(try await put(["dreams": 1], version: 0).status == 422)
      #expect(try await system.call("PUT", path, token: token, json: ["limits": ["leases": 3]]).status == 428)

      let tight = try await put(["requestsPerSecond": 10], version: 0)
      #expect(tight.status == 200 && tight.headers["etag"] == "\"1\"", "\(tight.text)")
      #expect(
        tight.json["effective"] == ["bodyBytes": 4096, "requestBurst": 10, "requestsPerSecond": 10], "\(tight.text)")
      #expect(try await put(["requestsPerSecond": 5], version: 0).code == "version.mismatch")
      let shown = try await system.call("GET", path, token: token)
      #expect(shown.json == tight.json && shown.headers["etag"] == "\"1\"")
      // Who may see tenants may not write their policies, and a tenant may do neither.
      #expect(try await system.call("GET", path, token: tenant.token).status == 401)
    }
  }

  @Test("over its rate a tenant is refused with the limit's name, and one with the same business ids is served")
  func rate() async throws {
    try await TestSystem.run { system in
      for tier in Tier.allCases {
        let (busy, quiet) = (try await system.tenant(tier), try await system.tenant(tier))
        try await set(["requestsPerSecond": 1, "requestBurst": 3], for: busy.record.slug, in: system)
        var statuses: [Int] = []
        for _ in 0..<6 { statuses.append(try await system.get("/v1/products", busy).status) }
        #expect(statuses.prefix(3) == [200, 200, 200] && statuses.contains(429), "\(statuses)")
        for _ in 0..<6 { #expect(try await system.get("/v1/products", quiet).status == 200) }
      }
    }
  }

  @Test(
    "a statement's clocks and memory hold on the server for the tenant's transactions alone", arguments: Tier.allCases)
  func clocks(_ tier: Tier) async throws {
    // The guard lets nobody ask for settings, so for this test it is told to.
    var seams = Platform.Seams()
    seams.guardRules.remove(.functions)
    try await TestSystem.run(platformSeams: seams) { system in
      let (bounded, free) = (try await system.tenant(tier), try await system.tenant(tier))
      try await set(
        [
          "transactionMilliseconds": 4000, "lockMilliseconds": 100, "idleMilliseconds": 3000,
          "workMemoryKilobytes": 512,
        ], for: bounded.record.slug, in: system)
      func settings(_ tenant: Tenant) async throws -> [[String]] {
        let statement = Statement(
          """
          SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
            current_setting('idle_in_transaction_session_timeout'), current_setting('work_mem')
          """)
        let read = try await tenant.read(Query(statement))[0]
        let written = try await tenant.transaction { try await $0.run(statement) }
        return try [read, written].map { rows in
          try (0..<4).map { try #require(rows.first).text($0) }
        }
      }
      let boundedTenant = try await system.platform.operatorTenant(bounded.record, reason: "test")
      let freeTenant = try await system.platform.operatorTenant(free.record, reason: "test")
      let standard = try await settings(freeTenant)
      for _ in 0..<3 {
        #expect(
          try await settings(boundedTenant) == [["4s", "100ms", "3s", "512kB"], ["4s", "100ms", "3s", "512kB"]])
        #expect(try await settings(freeTenant) == standard)
      }
      #expect(standard[0] != ["4s", "100ms", "3s", "512kB"])

      // A row that another transaction of the tenant holds: the wait ends by the server's clock.
      let lock = Statement("SELECT id FROM party ORDER BY id LIMIT 1 FOR UPDATE")
      let error = try await boundedTenant.transaction { holder in
        _ = try await holder.run(lock)
        return await #expect(throws: DataError.self) {
          try await boundedTenant.transaction { try await $0.run(lock) }
        }
      }
      #expect(error?.kind == .timedOut && error?.diagnostic.contains("55P03") == true)
    }
  }

  @Test("a result larger than the policy allows is refused whole, and the next request is served")
  func result() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      try await set(["resultBytes": 65_536], for: tenant.record.slug, in: system)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      let large = Query(Statement("SELECT lpad('x', 70000)"))
      let error = await #expect(throws: DataError.self) { try await scoped.read(large) }
      #expect(error?.kind == .resultTooLarge)
      let inside = await #expect(throws: DataError.self) { try await scoped.transaction { try await $0.run([large]) } }
      #expect(inside?.kind == .resultTooLarge)
      #expect(try await system.get("/v1/products", tenant).status == 200)
      // What a tenant's own statements make fail costs no connection: a failed read is rolled back.
      try await set(["resultBytes": 65_536, "lockMilliseconds": 100], for: tenant.record.slug, in: system)
      let open = system.platform.path.openConnections
      for _ in 0..<20 { _ = try? await scoped.read(large) }
      #expect(system.platform.path.openConnections == open)
      try await set(.object([]), for: tenant.record.slug, in: system)
      #expect(try await scoped.read(large)[0].count == 1)
    }
  }

  @Test("a tenant has no more transactions under way than its policy allows, and those beyond the queue are refused")
  func leases() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      try await set(["leases": 1, "leaseWaiters": 1], for: tenant.record.slug, in: system)
      let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
      let probe = Statement("SELECT 1")
      try await scoped.transaction { transaction in
        _ = try await transaction.run(probe)
        let second = Task { try await scoped.read(Query(probe)) }
        while system.platform.path.leaseUsage.waiting < 1 { await Task.yield() }
        let refusal = await #expect(throws: Refusal.self) { try await scoped.read(Query(probe)) }
        #expect(refusal?.code == .leaseQueueFull && refusal?.limit == LimitReached(.leaseWaiters, 1))
        second.cancel()
        _ = try? await second.value
      }
      #expect(try await scoped.read(Query(probe))[0].count == 1)
    }
  }
}
