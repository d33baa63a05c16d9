import BulkheadCore
import Testing

@testable import bulkhead

@Suite("Identity")
struct IdentityTests {
  static let email = "clerk@acme.example"
  static let password = "correct horse battery"

  private func addUser(_ system: TestSystem, _ tenant: TestTenant) async throws -> String {
    let made = try await system.post(
      "/v1/users", tenant,
      ["email": .string(Self.email), "password": .string(Self.password), "roles": ["order_clerk"]])
    #expect(made.status == 201, "\(made.text)")
    #expect(!made.text.contains(Self.password))
    return made.json["id"]?.string ?? ""
  }

  private func login(
    _ system: TestSystem, _ slug: String, _ email: String = email, _ password: String = password
  ) async throws -> TestAnswer {
    try await system.call(
      "POST", "/v1/login",
      json: ["tenant": .string(slug), "email": .string(email), "password": .string(password)])
  }

  /// A problem document without what differs from request to request.
  private func words(_ answer: TestAnswer) -> [JSON.Member] {
    (answer.json.members ?? []).filter { $0.name != "instance" }
  }

  @Test("whoever knows the password gets the role's permissions in that tenant; everyone else one and the same answer")
  func loginAnswers() async throws {
    try await TestSystem.run { system in
      let (tenant, other) = (try await system.tenant(.pooled), try await system.tenant(.schema))
      _ = try await addUser(system, tenant)
      let good = try await login(system, tenant.slug)
      #expect(good.status == 200, "\(good.text)")
      let token = try #require(good.json["token"]?.string)
      #expect(try await system.call("GET", "/v1/orders", token: token).status == 200)
      #expect(try await system.call("GET", "/v1/users", token: token).code == "permission.missing")
      #expect(
        try await system.call("GET", "/v1/orders", token: token, headers: ["X-Tenant-ID": other.slug]).status == 403)

      let wrong = [
        try await login(system, tenant.slug, Self.email, "wrong horse battery"),
        try await login(system, tenant.slug, "nobody@acme.example"),
        try await login(system, other.slug),
        try await login(system, "no-such-tenant"),
      ]
      #expect(wrong.map(\.status) == [401, 401, 401, 401])
      #expect(wrong.allSatisfy { $0.code == "login.refused" && words($0) == words(wrong[0]) })
      #expect(Set(wrong.map { $0.headers.keys.sorted() }).count == 1)
    }
  }

  @Test("guessing is slowed down for known and unknown accounts alike, and the right password does not help")
  func limited() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      _ = try await addUser(system, tenant)
      for email in [Self.email, "nobody@acme.example"] {
        var codes: [String?] = []
        // A try is given back every 12 seconds, which a slow machine may need for a few: so until one is limited.
        while codes.last != "login.limited", codes.count < 50 {
          codes.append(try await login(system, tenant.slug, email, "wrong horse battery").code)
        }
        #expect(codes.count > 5 && codes.dropLast().allSatisfy { $0 == "login.refused" })
        #expect(codes.last == "login.limited")
        guard email == Self.email else { continue }
        let right = try await login(system, tenant.slug)
        #expect(right.status == 429)
        #expect(right.headers["retry-after"] != nil)
      }
    }
  }

  @Test("a disabled user is refused: the password and the tokens issued before")
  func disabled() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let user = try await addUser(system, tenant)
      let token = try #require(try await login(system, tenant.slug).json["token"]?.string)
      #expect(try await system.call("GET", "/v1/orders", token: token).status == 200)
      #expect(try await system.post("/v1/users/\(user)/disable", tenant, [:]).status < 500)
      let disabled = try await system.call("POST", "/v1/users/\(user)/disable", token: tenant.token)
      #expect(disabled.status == 200, "\(disabled.text)")
      #expect(try await system.call("GET", "/v1/orders", token: token).code == "credential.invalid")
      #expect(try await login(system, tenant.slug).code == "login.refused")
    }
  }

  @Test("a revoked service token is refused at once here, and soon by every other process")
  func revoked() async throws {
    try await TestSystem.run { system in
      try await TestSystem.run { other in
        let tenant = try await system.tenant(.pooled)
        let issued = try await system.post(
          "/v1/service-tokens", tenant, ["name": "till", "permissions": ["inventory.read"]])
        #expect(issued.status == 201, "\(issued.text)")
        let token = try #require(issued.json["token"]?.string)
        let id = try #require(issued.json["record"]?["id"]?.string)
        for each in [system, other] { #expect(try await each.call("GET", "/v1/stock", token: token).status == 200) }
        #expect(try await system.call("GET", "/v1/orders", token: token).code == "permission.missing")

        let gone = try await system.call("DELETE", "/v1/service-tokens/\(id)", token: tenant.token)
        #expect(gone.status == 204, "\(gone.text)")
        #expect(try await system.call("GET", "/v1/stock", token: token).code == "credential.invalid")
        _ = try await ChaosProcess.poll("the revocation in the other process") {
          try await other.call("GET", "/v1/stock", token: token).status == 401 ? true : nil
        }
      }
    }
  }

  @Test("a service token holds no more than its maker")
  func granted() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let clerk = try await system.token(
        tenant.record, permissions: PermissionSet(["credentials.write", "inventory.read"]))
      let more = try await system.call(
        "POST", "/v1/service-tokens", token: clerk,
        json: ["name": "till", "permissions": ["inventory.read", "inventory.write"]])
      #expect([403, 422].contains(more.status), "\(more.text)")
    }
  }

  @Test("a new signing key signs, the old one still verifies, and the key set shows both")
  func rotation() async throws {
    try await TestSystem.run { system in
      let (tenant, other) = (try await system.tenant(.pooled), try await system.tenant(.pooled))
      let path = "/v1/tenants/\(tenant.id)/jwks.json"
      let before = try await kids(system, path)
      #expect(before.count == 1)
      let rotated = try await system.call("POST", "/v1/signing-keys/rotate", token: tenant.token)
      #expect(rotated.status == 200, "\(rotated.text)")
      let after = try await kids(system, path)
      #expect(after == before.union([rotated.json["kid"]?.string ?? "-"]))
      #expect(after.count == 2)
      #expect(try await system.get("/v1/stock", tenant).status == 200, "issued before")
      let fresh = try await system.token(tenant.record)
      #expect(try await system.call("GET", "/v1/stock", token: fresh).status == 200)
      #expect(try await kids(system, "/v1/tenants/\(other.id)/jwks.json").isDisjoint(with: after))
    }
  }

  private func kids(_ system: TestSystem, _ path: String) async throws -> Set<String> {
    let keys = try await system.call("GET", path).json["keys"]?.array ?? []
    #expect(keys.allSatisfy { $0["d"] == nil && $0["crv"]?.string == "P-256" })
    return Set(keys.compactMap { $0["kid"]?.string })
  }
}
