import BulkheadCore
import BulkheadGuard
import BulkheadLifecycle
import BulkheadServer
import Testing

@testable import BulkheadKeys
@testable import bulkhead

/// Each wall is taken away once: the attack that it stops must then succeed, or the attack proves nothing.
extension Attacks {
  @Suite("Walls taken away") struct WallRemoval {
    private static func reading(_ system: TestSystem) -> [Route] {
      system.tenantRoutes.filter { $0.method == .get }
    }

    @Test("without agreement, a request that names another tenant is served")
    func agreement() async throws {
      var seams = Application.Seams()
      seams.requestWalls.remove(.agreement)
      try await TestSystem.run(seams: seams) { system in
        let duel = try await Field.shared.duel(.pooled, system)
        for route in Self.reading(system) {
          let answer = try await Shot(route, duel.attacker).fire(
            system, token: duel.attacker.tenant.token, headers: ["X-Tenant-ID": duel.victim.tenant.slug])
          #expect(answer.status == 200, "\(route.label): \(answer.face)")
        }
      }
    }

    @Test("without the permission wall, a token without permissions reads everything")
    func permission() async throws {
      var seams = Application.Seams()
      seams.requestWalls.remove(.permission)
      try await TestSystem.run(seams: seams) { system in
        let duel = try await Field.shared.duel(.pooled, system)
        let empty = try await system.token(duel.attacker.tenant.record, permissions: PermissionSet([]))
        for route in Self.reading(system) {
          let answer = try await Shot(route, duel.attacker).fire(system, token: empty)
          #expect(answer.status == 200, "\(route.label): \(answer.face)")
        }
      }
    }

    /// Whether the victim's order can be read with `token`, in a system without some of the token's checks.
    private func readsVictim(
      without checks: TokenChecks, _ choose: @Sendable (Forgeries) -> String
    ) async throws -> Bool {
      var seams = Application.Seams()
      seams.tokenChecks.remove(checks)
      return try await TestSystem.run(seams: seams) { system in
        let duel = try await Field.shared.duel(.pooled, system)
        // Both tenants are at work, so both tenants' keys are in memory.
        for side in [duel.attacker, duel.victim] { _ = try await system.get("/v1/units", side.tenant) }
        let token = choose(try await Forgeries(duel, system))
        let order = try duel.victim.id("order")
        return try await system.call("GET", "/v1/orders/\(order)", token: token).status == 200
      }
    }

    @Test("without the signature check, a blank signature opens the victim's door")
    func signature() async throws {
      #expect(try await readsVictim(without: .signature) { $0.unsigned })
      #expect(try await readsVictim(without: .signature) { $0.ownKey })
      #expect(try await !readsVictim(without: []) { $0.unsigned })
    }

    @Test("without the pinning of keys to tenants, the attacker's key opens the victim's door")
    func tenantKey() async throws {
      #expect(try await readsVictim(without: .tenantKey) { $0.attackersKey })
      #expect(try await !readsVictim(without: []) { $0.attackersKey })
    }

    @Test("without the algorithm check, alg none opens the victim's door")
    func algorithm() async throws {
      #expect(try await readsVictim(without: .algorithm) { $0.none })
      #expect(try await readsVictim(without: [.algorithm, .signature]) { $0.symmetric })
      #expect(try await !readsVictim(without: []) { $0.none })
    }

    @Test("without the expiry check, the verifier takes an expired token; the server's entrance still refuses it")
    func expiry() async throws {
      for isRemoved in [false, true] {
        var seams = Application.Seams()
        if isRemoved { seams.tokenChecks.remove(.expiry) }
        try await TestSystem.run(seams: seams) { system in
          let duel = try await Field.shared.duel(.pooled, system)
          let token = try await Forgeries(duel, system).expired
          let context = try? await system.application.verifier.verify(token)
          #expect((context != nil) == isRemoved)
          #expect(try await system.call("GET", "/v1/orders", token: token).status == 401)
        }
      }
    }

    /// Routes whose things are in the tenant's own tables; users are in the control database.
    private static func exposed(_ system: TestSystem) -> [Route] {
      reading(system).filter { route in !route.ids.isEmpty && !route.ids.contains { $0.kind == "user" } }
    }

    /// How many reading routes show the victim's things to the attacker, of how many.
    private func leaks(predicate: Bool, rowSecurity: Bool) async throws -> (shown: Int, routes: Int) {
      var seams = Platform.Seams()
      if !predicate { seams.guardRules.remove(.tenantPredicate) }
      return try await TestSystem.run(platformSeams: seams) { system in
        let duel = try await Field.shared.duel(.pooled, system)
        let routes = Self.exposed(system)
        return try await RowSecurity.with(rowSecurity) {
          var shown = 0
          for route in routes {
            var foreign: [String: EntityID] = [:]
            for (name, kind) in route.ids { foreign[name] = try duel.victim.id(kind) }
            let answer = try await Shot(route, duel.attacker, foreign: foreign).fire(
              system, token: duel.attacker.tenant.token)
            if answer.status == 200 { shown += 1 }
            #expect((answer.status == 200) == (!predicate && !rowSecurity), "\(route.label): \(answer.face)")
          }
          return (shown, routes.count)
        }
      }
    }

    @Test("without the guard's predicate, row security alone holds")
    func onlyRowSecurity() async throws {
      #expect(try await leaks(predicate: false, rowSecurity: true).shown == 0)
    }

    @Test("without row security, the guard's predicate alone holds")
    func onlyPredicate() async throws {
      #expect(try await leaks(predicate: true, rowSecurity: false).shown == 0)
    }

    @Test("without both, every reading route shows the victim's things")
    func neither() async throws {
      let found = try await leaks(predicate: false, rowSecurity: false)
      #expect(found.routes > 10)
      #expect(found.shown == found.routes)
    }
  }
}

/// Takes row security away from the shared tables, and puts it back whatever happens.
enum RowSecurity {
  static func with<Result>(_ isOn: Bool, _ body: () async throws -> Result) async throws -> Result {
    guard !isOn else { return try await body() }
    try await set("DISABLE")
    do {
      let result = try await body()
      try await set("ENABLE")
      return result
    } catch {
      try await set("ENABLE")
      throw error
    }
  }

  private static func set(_ verb: String) async throws {
    let cluster = try await TestCluster.shared.cluster()
    try await cluster.cells.main.connected(to: Installation.cellDatabase) { connection in
      _ = try await connection.simple(
        """
        DO $$
        DECLARE target regclass;
        BEGIN
          FOR target IN SELECT polrelid::regclass FROM pg_policy
            JOIN pg_class ON pg_class.oid = polrelid
            WHERE polname = 'tenant' AND relnamespace = '\(Installation.pooledSchema)'::regnamespace
          LOOP
            EXECUTE format('ALTER TABLE %s \(verb) ROW LEVEL SECURITY', target);
          END LOOP;
        END $$
        """, deadline: nil)
    }
  }
}
