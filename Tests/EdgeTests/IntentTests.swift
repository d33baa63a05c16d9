import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import Distribution
import Synchronization
import Testing

@testable import bulkhead

extension TestSystem {
  /// Has every transaction of the tenant fail that writes an audit entry, while `body` runs.
  func withFailingCommits<Result>(_ tenant: TestTenant, _ body: () async throws -> Result) async throws -> Result {
    let schema = tenant.record.placement.schema
    try await admin(
      """
      CREATE FUNCTION \(schema).fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE TRIGGER aaa_fail BEFORE INSERT ON \(schema).audit_entry
        FOR EACH ROW WHEN (NEW.act NOT LIKE 'operator.%') EXECUTE FUNCTION \(schema).fail();
      """, of: tenant)
    do {
      let result = try await body()
      try await admin(Self.mend(schema), of: tenant)
      return result
    } catch {
      try await admin(Self.mend(schema), of: tenant)
      throw error
    }
  }

  private static func mend(_ schema: String) -> String {
    "DROP TRIGGER aaa_fail ON \(schema).audit_entry; DROP FUNCTION \(schema).fail()"
  }
}

extension Edge {
  @Suite("Acts in the control database and their entries")
  struct Intents {
    @Test("an act whose transaction then fails is audited all the same, once, whoever settles it and however often")
    func failed() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.schema, seeded: false)
        let standing = try await system.post(
          "/v1/service-tokens", tenant, ["name": "old", "permissions": ["orders.read"]])
        let credential = try #require(standing.json["record"]?["id"]?.id)
        let clerk = try await system.post(
          "/v1/users", tenant,
          ["email": "old@example.test", "password": "correct horse battery", "roles": ["order_clerk"]])
        let clerkID = try #require(clerk.json["id"]?.id)
        try await system.withFailingCommits(tenant) {
          let answers = [
            try await system.post(
              "/v1/users", tenant,
              ["email": "new@example.test", "password": "correct horse battery", "roles": ["order_clerk"]]),
            try await system.post("/v1/service-tokens", tenant, ["name": "new", "permissions": ["orders.read"]]),
            try await system.call("DELETE", "/v1/service-tokens/\(credential)", token: tenant.token),
            try await system.call("POST", "/v1/users/\(clerkID)/disable", token: tenant.token),
            try await system.call("POST", "/v1/signing-keys/rotate", token: tenant.token),
          ]
          #expect(answers.allSatisfy { $0.status >= 500 }, "\(answers.map(\.status))")
        }
        let acts: [(AuditAct, Int)] = [
          (.userCreated, 2), (.tokenIssued, 2), (.credentialRevoked, 1), (.userDisabled, 1), (.signingKeyRotated, 1),
        ]
        // Those before the failure have theirs; the others have happened and are missing from the trail.
        #expect(try await system.trail(.userCreated, of: tenant).count == 1)
        #expect(try await system.get("/v1/users", tenant).json["items"]?.array?.count == 2)
        #expect(try await system.trail(.credentialRevoked, of: tenant).isEmpty)
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<3 { group.addTask { await LedgerService(platform: system.platform).settle(age: .zero) } }
        }
        await LedgerService(platform: system.platform).settle(age: .zero)
        for (act, count) in acts {
          #expect(try await system.trail(act, of: tenant).count == count, "\(act)")
        }
        let left = try await system.platform.control.run(
          "SELECT count(*) FROM control.audit_intent WHERE tenant_id = $1", [.id(tenant.id.id)])
        #expect(try left[0].int(0) == 0)
        let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
        let verdict = try await AuditVerifier().verify(TenantAuditPages(scoped))
        #expect(verdict.firstBreak == nil, "\(verdict)")
      }
    }

    @Test("a refused act leaves no intent")
    func refused() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let nobody = system.platform.ambient.makeID()
        #expect(try await system.call("POST", "/v1/users/\(nobody)/disable", token: tenant.token).status == 404)
        #expect(try await system.call("DELETE", "/v1/service-tokens/\(nobody)", token: tenant.token).status == 404)
        #expect(try await system.call("DELETE", "/v1/signing-keys/\(nobody)", token: tenant.token).status == 404)
        let left = try await system.platform.control.run(
          "SELECT count(*) FROM control.audit_intent WHERE tenant_id = $1", [.id(tenant.id.id)])
        #expect(try left[0].int(0) == 0)
      }
    }

    @Test("a tenant made by several at once has one entry in each trail, and another policy template is refused")
    func tenantCreatedOnce() async throws {
      try await TestSystem.run { system in
        let slug = "twice-\(SystemRandom().bytes(4).map { String($0, radix: 16) }.joined())"
        let provisioner = system.platform.provisioner(TestCluster.shared.options)
        let actor = system.platform.operatorActor
        let request = TenantRequest(slug: slug, name: "Twice", tier: .schema)
        let records = try await withThrowingTaskGroup(of: TenantRecord.self) { group in
          for _ in 0..<3 { group.addTask { try await provisioner.create(request, actor: actor) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        let record = try #require(records.first)
        #expect(Set(records.map(\.id)).count == 1)
        let tenant = TestTenant(record: record, token: try await system.token(record))
        #expect(try await system.trail(.tenantCreated, of: tenant).count == 1)
        let platform = try await system.platform.control.run(
          "SELECT count(*) FROM control.audit_entry WHERE act = 'tenant.created' AND subject = $1",
          [.text("tenant:\(record.id)")])
        #expect(try platform[0].int(0) == 1)
        _ = try await system.platform.control.run(
          "INSERT INTO control.policy_template (name, limits) VALUES ('other', '{}') ON CONFLICT DO NOTHING", [])
        let refusal = await #expect(throws: Refusal.self) {
          try await provisioner.create(
            TenantRequest(slug: slug, name: "Twice", tier: .schema, policyTemplate: "other"), actor: actor)
        }
        #expect(refusal?.code.name == "tenant.existsOtherwise")
      }
    }

    /// A tenant's door that counts who knocks.
    private final class Guarded: SessionSource {
      let uses = Mutex(0)
      func transaction<Result: Sendable>(
        _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
      ) async throws -> Result {
        uses.withLock { $0 += 1 }
        throw Refusal.notFound
      }
      func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
        uses.withLock { $0 += 1 }
        throw Refusal.notFound
      }
    }

    @Test("passwords are hashed, tokens signed and documents read before a connection is lent")
    func prepared() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let context = try await system.platform.operatorTenant(tenant.record, reason: "test").context
        let user: JSON = ["email": "a@b.test", "password": "correct horse battery", "roles": ["order_clerk"]]
        let document = Array(
          ("ISA*00*          *00*          *ZZ*STRANGER       *ZZ*NOBODY         *260101*1200*U*00401*000000001*0*T*>~"
            + "IEA*0*000000001~").utf8)
        let cases: [(String, JSON, [UInt8])] = [
          ("/v1/users", user, []),
          ("/v1/service-tokens", ["name": "till", "permissions": ["orders.read"]], []),
          ("/v1/edi/channels/{channel}/interchanges", .null, document),
        ]
        for (path, json, bytes) in cases {
          let route = try #require(
            system.application.api.table.routes.first { $0.path == path && $0.method == .post })
          guard case .preparedWrite(let handler) = route.handler else {
            Issue.record("\(path) does its work inside the transaction")
            continue
          }
          let source = Guarded()
          let parts = RequestParts(
            id: context.credential, path: ["channel": "\(context.credential)"], query: [:], body: json, bytes: bytes,
            contentType: nil, ifMatch: nil, receivedAt: system.platform.ambient.now)
          _ = try await handler(Request(parts: parts, tenant: Tenant(context, source: source)))
          #expect(source.uses.withLock { $0 } == 0, "\(path)")
        }
      }
    }
  }
}
