import BulkheadCore
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import Distribution
import Testing

@testable import bulkhead

extension Edge {
  @Suite("Keys and tokens at the edge")
  struct Keys {
    @Test("a retired key's tokens are refused at once, remembered ones too, here and in another process")
    func retired() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let bystander = try await system.tenant(.pooled, seeded: false)
        let keys = try await system.get("/v1/signing-keys", tenant)
        let leaked = try #require(keys.json["items"]?[0])
        let id = try #require(leaked["id"]?.id)
        let kid = try #require(leaked["kid"]?.string)
        // Another process: keys and tokens of its own in memory.
        let ring = KeyRing(
          store: system.platform.keyStore, sealer: SecretSealer(master: system.platform.cluster.master),
          ambient: system.platform.ambient)
        let elsewhere = TokenVerifier(ring: ring, clock: system.platform.ambient.clock)
        try await elsewhere.refresh(from: system.platform.revocations)
        let fresh = try await system.token(tenant.record)
        for token in [tenant.token, fresh] { #expect((try? await elsewhere.verify(token)) != nil) }
        for token in [tenant.token, fresh] {
          #expect(try await system.call("GET", "/v1/orders", token: token).status == 200)
        }

        let absent = try await system.call(
          "DELETE", "/v1/signing-keys/\(system.platform.ambient.makeID())", token: bystander.token)
        let foreign = try await system.call("DELETE", "/v1/signing-keys/\(id)", token: bystander.token)
        #expect(absent.status == 404 && foreign.status == 404 && absent.json["detail"] == foreign.json["detail"])
        #expect(try await system.call("GET", "/v1/orders", token: tenant.token).status == 200)

        #expect(try await system.call("DELETE", "/v1/signing-keys/\(id)", token: tenant.token).status == 204)
        for token in [tenant.token, fresh] {
          #expect(try await system.call("GET", "/v1/orders", token: token).status == 401)
        }
        try await elsewhere.refresh(from: system.platform.revocations)
        for token in [tenant.token, fresh] {
          await #expect(throws: Refusal.self) { try await elsewhere.verify(token) }
        }
        let set = try await system.call("GET", "/v1/tenants/\(tenant.id)/jwks.json")
        #expect(set.status == 200 && !set.text.contains(kid))

        let renewed = TestTenant(record: tenant.record, token: try await system.token(tenant.record))
        #expect(try await system.get("/v1/orders", renewed).status == 200)
        #expect(try await system.trail(.signingKeyRetired, of: renewed).map { $0["subject"]?.string } == ["key:\(kid)"])
        #expect(try await system.get("/v1/orders", bystander).status == 200)
      }
    }

    @Test("a rotated key verifies as long as the last standing token that it signed, and no longer")
    func overlap() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        func lastEnd() async throws -> Instant {
          _ = try await system.call("POST", "/v1/signing-keys/rotate", token: tenant.token)
          let keys = try await system.platform.ring.keys(of: tenant.id)
          return try #require(keys.filter { $0.state == .retiring }.compactMap(\.notAfter).max())
        }
        let now = system.platform.ambient.now
        #expect(try await lastEnd() < now + KeyRing.overlapDefault + .seconds(60))
        _ = try await system.post(
          "/v1/service-tokens", tenant, ["name": "long", "permissions": ["orders.read"], "days": 100])
        let end = try await lastEnd()
        #expect(end > now + .seconds(100 * 86_400 - 60) && end < now + .seconds(100 * 86_400 + 60))
      }
    }

    @Test("measurements are for platform tokens that may read them alone")
    func metrics() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let issuer = PlatformTokenIssuer(ring: system.platform.ring, ambient: system.platform.ambient)
        func token(_ permissions: [Permission]) async throws -> String {
          let token = try await issuer.issue(
            actor: system.platform.operatorActor, permissions: PermissionSet(permissions))
          return token.text.withValue { $0 }
        }
        #expect(try await system.call("GET", "/metrics").status == 401)
        #expect(try await system.get("/metrics", tenant).status == 401)
        #expect(try await system.call("GET", "/metrics", token: try await token(["tenants.read"])).status == 403)
        let scrape = try await token(["metrics.read"])
        let text = try await system.call("GET", "/metrics", token: scrape)
        #expect(text.status == 200 && text.text.contains("bulkhead_canary_total"))
        #expect(try await system.call("GET", "/v1/platform/tenants", token: scrape).status == 403)
        for path in ["/healthz", "/readyz"] {
          let answer = try await system.call("GET", path)
          #expect(answer.status == 200 && !answer.text.contains(tenant.slug))
        }
      }
    }

    @Test("the demonstration's tokens are on record: each tenant lists its own and can revoke it")
    func demonstration() async throws {
      try await TestSystem.run { system in
        let entries = try await Demo.prepare(system.application, options: TestCluster.shared.options)
        #expect(entries.count == 3)
        for entry in entries {
          let tenant = TestTenant(record: entry.record, token: entry.token)
          let list = try await system.get("/v1/service-tokens", tenant)
          let shown = try #require(
            list.json["items"]?.array?.last { $0["name"] == "demonstration" && $0["revoked"] == false })
          #expect(try await system.trail(.tokenIssued, of: tenant).count >= 1)
          let id = try #require(shown["id"]?.id)
          #expect(try await system.call("DELETE", "/v1/service-tokens/\(id)", token: entry.token).status == 204)
          #expect(try await system.get("/v1/orders", tenant).status == 401)
        }
      }
    }

    @Test("a partner's no is told from an outage, and what it asks to wait is kept within bounds")
    func deliveries() {
      let now = Instant(seconds: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT
      func outcome(_ status: Int, _ retryAfter: String? = nil) -> String {
        do throws(EDIDeliveryFailure) {
          try HTTPTransport.judge(status, retryAfter: retryAfter, now: now)
          return "taken"
        } catch {
          switch error {
          case .refused(let status): return "refused \(status)"
          case .unavailable(let status, let delay):
            return "unavailable \(status) \(delay.map { "\($0.microseconds / 1_000_000)" } ?? "-")"
          }
        }
      }
      for status in [200, 201, 202, 204, 299] { #expect(outcome(status) == "taken") }
      for status in [301, 400, 401, 403, 404, 405, 410, 413, 422, 499] {
        #expect(outcome(status) == "refused \(status)")
      }
      for status in [408, 425, 429, 500, 502, 503, 599] { #expect(outcome(status) == "unavailable \(status) -") }
      #expect(outcome(503, "120") == "unavailable 503 120")
      #expect(outcome(503, "Sun, 06 Nov 1994 08:51:37 GMT") == "unavailable 503 120")
      #expect(outcome(503, "Sun, 06 Nov 1994 08:40:00 GMT") == "unavailable 503 0")
      for bad in ["", "-5", "1e9", "soon", "99999999999999999999", "Sun, 06 Foo 1994 08:49:37 GMT", "Sunday", "1.5"] {
        #expect(outcome(429, bad) == "unavailable 429 -", "\(bad)")
      }
    }
  }
}
