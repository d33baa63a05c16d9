import BulkheadAudit
import BulkheadCore
import BulkheadKeys
import BulkheadServer
import Synchronization
import Testing

@testable import bulkhead

extension TestSystem {
  /// Entries of one act in the tenant's own trail, as the tenant reads them.
  func trail(_ act: AuditAct, of tenant: TestTenant) async throws -> [JSON] {
    let page = try await get("/v1/audit?limit=200", tenant)
    return (page.json["items"]?.array ?? []).filter { $0["act"]?.string == act.name }
  }

  /// Writes everything that has been counted.
  func flush() async { await LedgerService(platform: platform).write(platform.ledger.takeDue(all: true)) }
}

extension JSON {
  /// How often the act of an entry came.
  var count: Int { self["detail"]?["count"]?.int ?? 0 }
}

extension Edge {
  @Suite("Refused acts in the trail")
  struct RefusedActs {
    private static let password = "correct horse battery"

    private func login(_ system: TestSystem, _ tenant: String, _ email: String, _ password: String) async throws
      -> TestAnswer
    {
      try await system.call(
        "POST", "/v1/login",
        json: ["tenant": .string(tenant), "email": .string(email), "password": .string(password)])
    }

    @Test("wrong logins stand in the tenant's trail with a count, and the answers do not tell the cases apart")
    func logins() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.schema, seeded: false)
        let other = try await system.tenant(.pooled, seeded: false)
        let user = try await system.post(
          "/v1/users", tenant,
          ["email": "clerk@example.test", "password": .string(Self.password), "roles": ["order_clerk"]])
        let id = try #require(user.json["id"]?.id)
        var faces: Set<String> = []
        for _ in 0..<3 {
          for (slug, email) in [
            (tenant.slug, "clerk@example.test"), (tenant.slug, "nobody@example.test"), ("no-such-tenant", "a@b.test"),
          ] {
            let answer = try await login(system, slug, email, "wrong horse battery")
            faces.insert("\(answer.status) \(answer.code ?? "") \(answer.json["detail"]?.string ?? "")")
          }
        }
        #expect(faces.count == 1, "\(faces)")
        await system.flush()
        let entries = try await system.trail(.loginRefused, of: tenant)
        #expect(entries.map(\.count).reduce(0, +) == 6)
        let known = entries.filter { $0["actor"]?.string == "user:\(id)" }
        #expect(known.map(\.count).reduce(0, +) == 3)
        #expect(entries.allSatisfy { $0["detail"]?["peer"]?.string == "127.0.0.1" })
        #expect(entries.allSatisfy { !$0.text.contains("nobody@") && !$0.text.contains("horse") })
        #expect(try await system.trail(.loginRefused, of: other).isEmpty)
      }
    }

    @Test("a flood of requests that name another tenant leaves a handful of entries with the true count")
    func access() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let other = try await system.tenant(.pooled, seeded: false)
        let flood = 300
        for _ in 0..<flood {
          let answer = try await system.get("/v1/orders", tenant, headers: ["X-Tenant-ID": other.slug])
          #expect(answer.status == 403)
        }
        await system.flush()
        let entries = try await system.trail(.accessRefused, of: tenant)
        #expect(entries.map(\.count).reduce(0, +) == flood)
        #expect(entries.count <= 3)
        #expect(entries.allSatisfy { $0["detail"]?["route"]?.string == "GET /v1/orders" })
        #expect(entries.allSatisfy { $0["detail"]?["code"]?.string == "tenant.mismatch" })
        #expect(entries.allSatisfy { !$0.text.contains(other.slug) && !$0.text.contains("\(other.id)") })
        #expect(try await system.trail(.accessRefused, of: other).isEmpty)
      }
    }

    private final class Clock: WallClock {
      private let seconds = Mutex<Int64>(1_800_000_000)
      func now() -> Instant { Instant(seconds: seconds.withLock { $0 }) }
      func pass(_ amount: Int64) { seconds.withLock { $0 += amount } }
    }

    @Test("the ledger writes the first at once, gathers for a minute, and bounds kinds for each tenant and act")
    func ledger() {
      let clock = Clock()
      let ledger = AuditLedger(clock: clock)
      let tenants = [1, 2].map { TenantID(EntityID(high: 1, low: $0)) }
      func kind(_ tenant: Int, _ act: AuditAct, _ peer: Int) -> AuditLedger.Kind {
        AuditLedger.Kind(
          tenant: tenants[tenant], act: act, actor: nil, subject: "login", detail: ["peer": "\(peer)"])
      }
      #expect(ledger.note(kind(0, .loginRefused, 0)))
      #expect(!ledger.note(kind(0, .loginRefused, 0)))
      #expect(ledger.takeDue().map(\.count) == [2])
      for _ in 0..<1000 { #expect(!ledger.note(kind(0, .loginRefused, 0))) }
      clock.pass(59)
      #expect(ledger.takeDue().isEmpty)
      clock.pass(1)
      let gathered = ledger.takeDue()
      #expect(gathered.map(\.count) == [1000])
      ledger.giveBack(gathered)
      #expect(ledger.takeDue(all: true).map(\.count) == [1000])

      for peer in 0..<5000 { ledger.note(kind(0, .loginRefused, peer)) }
      ledger.note(kind(0, .canaryStopped, 0))
      ledger.note(kind(1, .loginRefused, 0))
      let due = ledger.takeDue(all: true)
      let flooded = due.filter { $0.kind.tenant == tenants[0] && $0.kind.act == .loginRefused }
      #expect(flooded.count <= AuditLedger.kindsPerTenantMax + 1)
      #expect(flooded.map(\.count).reduce(0, +) == 5000)
      #expect(due.contains { $0.kind == kind(0, .canaryStopped, 0) })
      #expect(due.contains { $0.kind == kind(1, .loginRefused, 0) })
      #expect(ledger.droppedCount == 0)
      clock.pass(120)
      #expect(ledger.takeDue().isEmpty)
      #expect(ledger.note(kind(0, .loginRefused, 7)))
    }
  }
}
