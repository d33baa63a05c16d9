import BulkheadCore
import BulkheadData
import Testing

@testable import BulkheadServer

@Suite("Idempotency keys")
struct IdempotencyTests {
  private static let body = #"{"sku":"A","quantity":1}"#

  @Test("the second request with a key repeats the first answer and has no effect")
  func repeated() async throws {
    try await Fixture.run { server async throws in
      let key = [("Idempotency-Key", "k-1")]
      let first = try await server.send("POST", "/v1/orders", key, body: Self.body)
      let second = try await server.send("POST", "/v1/orders", key, body: Self.body)
      #expect(first.status == 201)
      #expect(first.field("idempotency-replayed") == nil)
      #expect(second.status == 201)
      #expect(second.field("idempotency-replayed") == "true")
      #expect(second.body == first.body)
      for name in ["etag", "location", "content-type"] { #expect(second.field(name) == first.field(name)) }
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("without a key each request has its effect")
  func noKey() async throws {
    try await Fixture.run { server async throws in
      for _ in 0..<2 {
        let response = try await server.send("POST", "/v1/orders", body: Self.body)
        #expect(response.status == 201)
      }
      #expect(await server.sessions.effects == 2)
      #expect(await server.sessions.storedKeys == 0)
    }
  }

  @Test("a key used for another request is refused: another body, path or method")
  func mismatch() async throws {
    try await Fixture.run { server async throws in
      let key = [("Idempotency-Key", "k"), ("If-Match", "\"3\"")]
      #expect(try await server.send("POST", "/v1/orders", key, body: Self.body).status == 201)
      let other = try await server.send("POST", "/v1/orders", key, body: #"{"sku":"B","quantity":1}"#)
      #expect(other.status == 422)
      #expect(other.text.contains("idempotency.mismatch"))
      let path = "/v1/orders/\(World.order)"
      #expect(try await server.send("PUT", path, key, body: Self.body).status == 422)
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("keys belong to an actor of a tenant: the same key elsewhere is another key")
  func scope() async throws {
    try await Fixture.run { server async throws in
      let key = [("Idempotency-Key", "k")]
      for token in ["a", "a2", "b"] {
        let response = try await server.send("POST", "/v1/orders", token: token, key, body: Self.body)
        #expect(response.status == 201)
        #expect(response.field("idempotency-replayed") == nil)
      }
      #expect(await server.sessions.effects == 3)
    }
  }

  @Test("many requests with one key at once have one effect and one answer")
  func concurrent() async throws {
    try await Fixture.run { server async throws in
      let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
        for _ in 0..<16 {
          group.addTask {
            try await server.send("POST", "/v1/orders", [("Idempotency-Key", "same")], body: Self.body)
          }
        }
        return try await group.reduce(into: [RawResponse]()) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 201 })
      #expect(Set(answers.map(\.text)).count == 1)
      #expect(answers.count { $0.field("idempotency-replayed") == nil } == 1)
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("a refusal is not stored, thrown or returned: the next try runs again")
  func refusals() async throws {
    try await Fixture.run { server async throws in
      for sku in ["refused", "value"] {
        let body = #"{"sku":"\#(sku)","quantity":1}"#
        for _ in 0..<2 {
          let response = try await server.send("POST", "/v1/orders", [("Idempotency-Key", sku)], body: body)
          #expect(response.status == 409)
          #expect(response.field("idempotency-replayed") == nil)
        }
      }
      #expect(await server.sessions.storedKeys == 0)
      #expect(await server.sessions.effects == 0)
    }
  }

  @Test("an answer other than 2xx rolls back without a key, too")
  func rollsBack() async throws {
    try await Fixture.run { server async throws in
      let response = try await server.send("POST", "/v1/orders", body: #"{"sku":"value","quantity":1}"#)
      #expect(response.status == 409)
      #expect(await server.sessions.effects == 0)
    }
  }

  @Test("a transaction that runs again after a deadlock claims its key again")
  func deadlock() async throws {
    try await Fixture.run { server async throws in
      await server.sessions.failNext(2)
      let response = try await server.send("POST", "/v1/orders", [("Idempotency-Key", "d")], body: Self.body)
      #expect(response.status == 201)
      #expect(response.field("idempotency-replayed") == nil)
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("a handler that swallows the claim's error cannot have its effect")
  func swallowed() async throws {
    let greedy = Route(
      .post, "/v1/greedy", access: .tenant("orders.write"), tag: "t", summary: "Swallow errors",
      responses: [ResponseShape(.ok, "Done.")],
      handler: .write { _, transaction in
        do { try await transaction.run(FakeSessions.effect) } catch {
          try await transaction.run(FakeSessions.effect)
        }
        return .ok(["done": true])
      })
    try await Fixture.run(routes: [greedy]) { server async throws in
      for attempt in 0..<2 {
        let response = try await server.send("POST", "/v1/greedy", [("Idempotency-Key", "g")])
        #expect(response.status == 200)
        #expect((response.field("idempotency-replayed") == "true") == (attempt == 1))
      }
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("a write that runs no statement still claims its key")
  func noStatement() async throws {
    let idle = Route(
      .post, "/v1/idle", access: .tenant("orders.write"), tag: "t", summary: "Do nothing",
      responses: [ResponseShape(.noContent, "Done.")], handler: .write { _, _ in .noContent })
    try await Fixture.run(routes: [idle]) { server async throws in
      for attempt in 0..<2 {
        let response = try await server.send("POST", "/v1/idle", [("Idempotency-Key", "i")])
        #expect(response.status == 204)
        #expect((response.field("idempotency-replayed") == "true") == (attempt == 1))
      }
    }
  }

  @Test(
    "keys are 1 to 255 visible ASCII characters",
    arguments: ["", "a b", "schlüssel", String(repeating: "k", count: 256)])
  func keys(_ key: String) async throws {
    try await Fixture.run { server async throws in
      let response = try await server.send("POST", "/v1/orders", [("Idempotency-Key", key)], body: Self.body)
      #expect(response.status == 400)
      #expect(response.text.contains("idempotency.keyMalformed"))
      let good = String(repeating: "k", count: 255)
      #expect(try await server.send("POST", "/v1/orders", [("Idempotency-Key", good)], body: Self.body).status == 201)
    }
  }
}
