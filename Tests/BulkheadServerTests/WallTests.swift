import BulkheadCore
import Testing

@testable import BulkheadServer

@Suite("Walls")
struct WallTests {
  /// Everything but the request's own id must be the same.
  private func comparable(_ response: RawResponse) -> String {
    let ids = ["x-request-id", "traceparent"]
    let fields = response.fields.filter { !ids.contains($0.name) }.map { "\($0.name): \($0.value)" }
    let body = response.text.replacing(response.field("x-request-id") ?? "-", with: "<id>")
    return "\(response.status)\n\(fields.joined(separator: "\n"))\n\(body)"
  }

  @Test("names of the own tenant agree, in header, host and path, as id and as slug")
  func agreement() async throws {
    try await Fixture.run(routes: [], { $0.hosts = SubdomainHosts(suffix: "api.test") }) { server async throws in
      for name in ["alpha", World.a.description, World.a.description.uppercased()] {
        #expect(try await server.send("GET", "/v1/orders", [("X-Tenant-ID", name)]).status == 200)
        #expect(try await server.send("GET", "/v1/tenants/\(name)/orders").status == 200)
      }
      for host in ["alpha.api.test", "ALPHA.API.TEST:8080", "api.test", "localhost", "[::1]:80"] {
        #expect(try await server.send("GET", "/v1/orders", [("Host", host)]).status == 200)
      }
    }
  }

  @Test("naming another tenant is one constant 403, whether or not it exists, by whatever means")
  func mismatch() async throws {
    try await Fixture.run(routes: [], { $0.hosts = SubdomainHosts(suffix: "api.test") }) { server async throws in
      var seen: Set<String> = []
      let others = [
        "beta", World.b.description, "gamma", "delta", "nobody", World.id(0xFFFF).description, "", "alpha ", "%00x",
      ]
      for name in others.dropLast(3) {
        seen.insert(comparable(try await server.send("GET", "/v1/orders", [("X-Tenant-ID", name)])))
        seen.insert(comparable(try await server.send("GET", "/v1/tenants/\(name)/orders")))
        seen.insert(comparable(try await server.send("GET", "/v1/orders", [("Host", "\(name).api.test")])))
        seen.insert(
          comparable(
            try await server.send(
              "GET", "/v1/tenants/alpha/orders", [("X-Tenant-ID", "alpha"), ("Host", "\(name).api.test")])))
      }
      seen.insert(comparable(try await server.send("GET", "/v1/orders", [("X-Tenant-ID", "")])))
      #expect(seen.count == 1)
      #expect(seen.first?.contains("tenant.mismatch") == true)
      #expect(seen.first?.hasPrefix("403") == true)
      #expect(try await server.send("GET", "/v1/tenants/%00x/orders").status == 400)
    }
  }

  @Test("without the agreement wall the same requests are answered")
  func agreementRemoved() async throws {
    try await Fixture.run(routes: [], { $0.walls.remove(.agreement) }) { server async throws in
      #expect(try await server.send("GET", "/v1/orders", [("X-Tenant-ID", "beta")]).status == 200)
      #expect(try await server.send("GET", "/v1/tenants/beta/orders").status == 200)
    }
  }

  @Test("a bad credential has one answer, whatever is wrong with it")
  func credential() async throws {
    try await Fixture.run { server async throws in
      var seen: Set<String> = []
      for token in ["forged", "expired", "unknown-tenant", "provisioning", "operator", "a b"] {
        seen.insert(comparable(try await server.send("GET", "/v1/orders", token: token)))
      }
      seen.insert(comparable(try await server.send("GET", "/v1/orders", token: nil, [("Authorization", "Digest x")])))
      seen.insert(comparable(try await server.send("GET", "/v1/orders", token: nil, [("Authorization", "Bearer")])))
      #expect(seen.count == 1, "\(seen)")
      #expect(seen.first?.contains("credential.invalid") == true)
      let missing = try await server.send("GET", "/v1/orders", token: nil)
      #expect(missing.status == 401)
      #expect(missing.text.contains("credential.missing"))
      #expect(missing.field("www-authenticate") == "Bearer realm=\"bulkhead\"")
      #expect(!server.lines.all.filter { $0.contains("kid 7") }.isEmpty, "the cause is in the log")
    }
  }

  @Test("a suspended tenant is refused, and without the status wall is served")
  func status() async throws {
    try await Fixture.run { server async throws in
      let refused = try await server.send("GET", "/v1/orders", token: "suspended")
      #expect(refused.status == 403)
      #expect(refused.text.contains("tenant.suspended"))
    }
    try await Fixture.run(routes: [], { $0.walls.remove(.status) }) { server async throws in
      for token in ["suspended", "provisioning", "unknown-tenant"] {
        #expect(try await server.send("GET", "/v1/orders", token: token).status == 200)
      }
    }
  }

  @Test("a missing permission is refused, and without the permission wall the write happens")
  func permission() async throws {
    let body = #"{"sku":"A","quantity":1}"#
    try await Fixture.run { server async throws in
      let refused = try await server.send("POST", "/v1/orders", token: "a-read", body: body)
      #expect(refused.status == 403)
      #expect(refused.text.contains("permission.missing"))
      #expect(await server.sessions.effects == 0)
    }
    try await Fixture.run(routes: [], { $0.walls.remove(.permission) }) { server async throws in
      #expect(try await server.send("POST", "/v1/orders", token: "a-read", body: body).status == 201)
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("platform routes take the operator and nobody else")
  func platform() async throws {
    try await Fixture.run { server async throws in
      #expect(try await server.send("GET", "/v1/platform/tenants", token: "operator").status == 200)
      #expect(try await server.send("GET", "/v1/platform/tenants", token: "a").status == 401)
      #expect(try await server.send("GET", "/v1/platform/tenants", token: nil).status == 401)
    }
  }

  @Test("Basic carries the token as its password, on routes that take bytes and nowhere else")
  func basic() async throws {
    try await Fixture.run { server async throws in
      // anyone:a
      let basic = [("Authorization", "Basic YW55b25lOmE=")]
      let taken = try await server.send("POST", "/v1/edi", token: nil, basic, body: "ISA*", type: "text/plain")
      #expect(taken.status == 200)
      #expect(taken.text == "ISA*")
      #expect(try await server.send("GET", "/v1/orders", token: nil, basic).status == 401)
      for bad in ["!!!!", "YQ==", "YTo=", "A"] {
        let refused = try await server.send(
          "POST", "/v1/edi", token: nil, [("Authorization", "Basic \(bad)")], body: "ISA*", type: "text/plain")
        #expect(refused.status == 401)
        #expect(refused.fields("www-authenticate").contains { $0.hasPrefix("Basic") })
      }
    }
  }

  @Test("over its bound a tenant gets 429 at once and another tenant is served")
  func admission() async throws {
    let limits = RequestLimits(tenantRequestsMax: 1, totalRequestsMax: 2)
    try await Fixture.run(routes: [], { $0.admission = limits }) { server async throws in
      async let slow = server.send("GET", "/v1/slow", token: "a")
      await server.entered.wait()
      let refused = try await server.send("GET", "/v1/orders", token: "a")
      #expect(refused.status == 429)
      #expect(refused.field("retry-after") == "1")
      #expect(refused.text.contains("requests.tooMany"))
      #expect(try await server.send("GET", "/v1/orders", token: "b").status == 200)
      server.release.open()
      #expect(try await slow.status == 200)
      #expect(try await server.send("GET", "/v1/orders", token: "a").status == 200)
      #expect(limits.total == 0)
    }
  }

  @Test("without the admission wall a tenant over its bound is served")
  func admissionRemoved() async throws {
    try await Fixture.run(
      routes: [],
      {
        $0.admission = RequestLimits(tenantRequestsMax: 0, totalRequestsMax: 0)
        $0.walls.remove(.admission)
      }
    ) { server async throws in
      #expect(try await server.send("GET", "/v1/orders").status == 200)
    }
  }

  @Test("without the validation wall a smuggled member and a negative quantity reach the handler")
  func validationRemoved() async throws {
    try await Fixture.run(routes: [], { $0.walls.remove(.validation) }) { server async throws in
      let body = #"{"sku":"A","quantity":-1,"tenant_id":"x"}"#
      #expect(try await server.send("POST", "/v1/orders", body: body).status == 201)
      #expect(try await server.send("GET", "/v1/orders?limit=0&what=1").status == 200)
    }
  }

  @Test("a full server answers 503, and every admission is given back")
  func totalAdmission() throws {
    let limits = RequestLimits(tenantRequestsMax: 2, totalRequestsMax: 2)
    try limits.admit(World.a)
    try limits.admit(World.b)
    let refusal = #expect(throws: Refusal.self) { try limits.admit(World.b) }
    #expect(refusal?.code == .serverBusy)
    limits.release(World.a)
    try limits.admit(World.b)
    let own = #expect(throws: Refusal.self) { try limits.admit(World.b) }
    #expect(own?.code == .requestsTooMany)
    limits.release(World.b)
    limits.release(World.b)
    limits.release(World.b)
    #expect(limits.total == 0)
  }

  @Test("the inspector sees every answer and can stop it, a write before it commits")
  func inspector() async throws {
    let inspector: ResponseInspector = { tenant, bytes throws(Refusal) in
      if let tenant, String(decoding: bytes, as: UTF8.self).contains(tenant.description) {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "leak")
      }
    }
    try await Fixture.run(routes: [], { $0.inspector = inspector }) { server async throws in
      #expect(try await server.send("GET", "/v1/orders/\(World.order)").status == 500)
      let write = try await server.send("POST", "/v1/orders", body: #"{"sku":"A","quantity":1}"#)
      #expect(write.status == 500)
      #expect(await server.sessions.effects == 0)
      #expect(try await server.send("GET", "/v1/orders").status == 200)
    }
  }
}
