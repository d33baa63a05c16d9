import BulkheadAudit
import BulkheadCore
import BulkheadPostgres
import Testing

@testable import bulkhead

@Suite("Audit")
struct AuditTests {
  private func verify(_ system: TestSystem, _ tenant: TestTenant) async throws -> AuditVerdict {
    let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
    return try await AuditVerifier().verify(TenantAuditPages(scoped))
  }

  private func acts(_ system: TestSystem, _ tenant: TestTenant) async throws -> [JSON] {
    try await system.get("/v1/audit?limit=200", tenant).json["items"]?.array ?? []
  }

  @Test("orders, logins, users, tokens and keys leave entries with actor and subject, in one whole chain")
  func entries() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.schema)
      let order = try await system.post("/v1/orders", tenant, Bodies.order(1))
      let password = "correct horse battery"
      let user = try await system.post(
        "/v1/users", tenant, ["email": "a@acme.example", "password": .string(password), "roles": ["viewer"]])
      _ = try await system.call(
        "POST", "/v1/login",
        json: ["tenant": .string(tenant.slug), "email": "a@acme.example", "password": .string(password)])
      let token = try await system.post(
        "/v1/service-tokens", tenant, ["name": "till", "permissions": ["inventory.read"]])
      let credential = token.json["record"]?["id"]?.string ?? ""
      _ = try await system.call("DELETE", "/v1/service-tokens/\(credential)", token: tenant.token)
      _ = try await system.call("POST", "/v1/signing-keys/rotate", token: tenant.token)

      let entries = try await acts(system, tenant)
      let told = Set(entries.map { "\($0["act"]?.string ?? "") \($0["subject"]?.string ?? "")" })
      #expect(told.contains("order.placed order:\(order.json["id"]?.string ?? "")"), "\(told)")
      #expect(told.contains("user.created user:\(user.json["id"]?.string ?? "")"))
      #expect(told.contains("login.succeeded user:\(user.json["id"]?.string ?? "")"))
      #expect(told.contains("token.issued credential:\(credential)"))
      #expect(told.contains("credential.revoked credential:\(credential)"))
      #expect(told.contains { $0.hasPrefix("signingKey.rotated key:") }, "\(told)")
      #expect(entries.compactMap { $0["seq"]?.int } == Array(1...entries.count))
      #expect(!entries.contains { $0.text.contains(password) })
      #expect(try await verify(system, tenant).firstBreak == nil)
    }
  }

  @Test("the chain does not fork when many write at once")
  func concurrent() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<24 {
          group.addTask {
            let placed = try await system.post("/v1/orders", tenant, Bodies.order(1))
            #expect(placed.status == 201)
          }
        }
        try await group.waitForAll()
      }
      let placed = try await acts(system, tenant).filter { $0["act"]?.string == "order.placed" }
      #expect(placed.count == 24)
      #expect(try await verify(system, tenant).firstBreak == nil)
    }
  }

  @Test("what an administrator of the database changes is found", arguments: ["UPDATE", "DELETE"])
  func tampering(verb: String) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.schema)
      _ = try await system.post("/v1/orders", tenant, Bodies.order(1))
      let victim = try #require(
        try await acts(system, tenant).first { $0["act"]?.string == "order.placed" }?["seq"]?.int)
      let placement = tenant.record.placement
      let table = "\(placement.schema).audit_entry"
      let change =
        verb == "UPDATE"
        ? "UPDATE \(table) SET actor = 'user:somebody-else' WHERE seq = \(victim)"
        : "DELETE FROM \(table) WHERE seq = \(victim)"
      try await system.platform.cluster.cells.admin(of: placement.cell).connected(to: placement.database) {
        _ = try await $0.simple(
          """
          BEGIN; ALTER TABLE \(table) DISABLE TRIGGER USER; \(change); ALTER TABLE \(table) ENABLE TRIGGER USER; COMMIT
          """, deadline: nil)
      }
      let verdict = try await verify(system, tenant)
      #expect(verdict.firstBreak != nil)
      #expect(verdict.verified == Int64(victim - 1), "everything before it is still vouched for")
    }
  }
}
