import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadServer
import Distribution
import Testing

@testable import bulkhead

extension Edge {
  @Suite("Canaries")
  struct Canaries {
    @Test("every table of a home has a decoy, and its tenant is in no registry", arguments: Tier.allCases)
    func everyTable(tier: Tier) async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(tier, seeded: false)
        let schema = tenant.record.placement.schema
        let decoy = system.marks.mark(home: schema, row: 0)
        let tables = try await system.admin(
          "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = '\(schema)'::regnamespace", of: tenant)
        #expect(tables.count > 30)
        for row in tables {
          let table = try row.text(0)
          let count = try await system.admin(
            "SELECT count(*) FROM \(schema).\(table) WHERE tenant_id = '\(decoy)'", of: tenant)
          #expect(try count[0].int(0) > 0, "\(table) has no decoy")
        }
        #expect(try await system.platform.registry.tenant(TenantID(decoy)) == nil)
        let placed = try await system.admin(
          "SELECT count(*) FROM bulkhead.placement WHERE tenant_id = '\(decoy)'", of: tenant)
        #expect(try placed[0].int(0) == 0)
      }
    }

    /// Lists in which a new tenant finds something of its own.
    private static let filledAtBirth: Set<String> = ["/v1/audit", "/v1/units", "/v1/signing-keys"]

    @Test("a tenant sees nothing of the decoys beside it: empty lists, no stock, whole books", arguments: Tier.allCases)
    func hidden(tier: Tier) async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(tier, seeded: false)
        for route in system.listings {
          let answer = try await system.get(route.path, tenant)
          // The books of a company that has not been set up are refused; the decoys' entity must not stand in for it.
          let unset = answer.status == 409 && answer.json["code"]?.string == "setup.missing"
          #expect(answer.status == 200 || unset, "\(route.path): \(answer.text)")
          #expect(!answer.text.contains(CanaryMarks.prefix), "\(route.path)")
          if let items = answer.json["items"]?.array, !Self.filledAtBirth.contains(route.path) {
            #expect(items.isEmpty, "\(route.path): \(answer.text)")
          }
        }
        #expect(try await system.brokenInvariants(tenant).isEmpty)
      }
    }

    /// Answers of the reading routes of a tenant whose schema has neither the guard's predicate nor row security.
    private static func breach(
      _ tier: Tier, checks: LeakChecks
    ) async throws -> (leaking: [String], stopped: [String], counted: Int, trail: [String], platformTrail: [String]) {
      var seams = Platform.Seams()
      seams.guardRules.remove(.tenantPredicate)
      seams.leakChecks = checks
      return try await TestSystem.run(platformSeams: seams) { system in
        let tenant = try await system.tenant(tier, seeded: false)
        var leaking: [String] = []
        var stopped: [String] = []
        try await system.withoutRowSecurity(tenant) {
          for route in system.listings where route.path != "/v1/audit" {
            let answer = try await system.get(route.path, tenant)
            if answer.text.contains("\(CanaryMarks.prefix)-")
              || answer.headers.values.contains(where: {
                $0.contains("\(CanaryMarks.prefix)-")
              })
            {
              leaking.append(route.path)
            }
            if answer.status == 500 {
              stopped.append(route.path)
              #expect(answer.json["detail"]?.string == "An internal error occurred.")
              #expect(answer.code == "internal.fault")
            }
          }
        }
        await LedgerService(platform: system.platform).write(system.platform.ledger.takeDue(all: true))
        let own = try await system.admin(
          """
          SELECT detail::text FROM \(tenant.record.placement.schema).audit_entry
          WHERE tenant_id = '\(tenant.id)' AND act = 'canary.stopped'
          """, of: tenant)
        let platform = try await system.platform.control.run(
          "SELECT detail::text FROM control.audit_entry WHERE act = 'canary.stopped' AND subject = $1",
          [.text("tenant:\(tenant.id)")])
        let counted = system.platform.watch.metrics.exposition().split(separator: "\n")
          .filter { $0.hasPrefix("bulkhead_canary_total") && $0.contains("mark") }
          .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
        return (
          leaking, stopped, counted, try own.map { try $0.text(0) }, try platform.map { try $0.text(0) }
        )
      }
    }

    @Test("with predicate and row security gone and the watch off, decoys and all go out", arguments: Tier.allCases)
    func control(tier: Tier) async throws {
      let found = try await Self.breach(tier, checks: [])
      #expect(found.leaking.count >= 15, "\(found.leaking)")
      #expect(found.counted == 0 && found.trail.isEmpty && found.platformTrail.isEmpty)
    }

    @Test(
      "with predicate and row security gone, each watch alone stops every answer that would leak",
      arguments: Tier.allCases, [LeakChecks.rows, LeakChecks.answers])
    func stopped(tier: Tier, checks: LeakChecks) async throws {
      let leaking = try await Self.breach(tier, checks: []).leaking
      let found = try await Self.breach(tier, checks: checks)
      #expect(found.leaking.isEmpty)
      #expect(Set(found.stopped).isSuperset(of: leaking), "\(Set(leaking).subtracting(found.stopped))")
      #expect(found.counted >= leaking.count)
      // The first at once and the rest with a count, and in the tenant's own trail nothing of what was found.
      #expect((1...2).contains(found.trail.count) && found.platformTrail.count >= 1)
      #expect(found.trail.allSatisfy { !$0.contains(CanaryMarks.prefix) && !$0.contains("home") })
    }
  }
}
