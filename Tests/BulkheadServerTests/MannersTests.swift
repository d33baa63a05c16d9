import BulkheadCore
import BulkheadData
import Testing

@testable import BulkheadServer

@Suite("HTTP manners")
struct MannersTests {
  @Test("every status carries a complete problem, and nothing of the inside")
  func problems() async throws {
    try await Fixture.run { server async throws in
      for name in TestRoutes.thrown.keys.sorted() {
        let response = try await server.send("GET", "/v1/faults/\(name)")
        let problem = try JSONParser.parse(response.body)
        #expect(response.field("content-type") == "application/problem+json")
        #expect(problem["status"]?.int == response.status)
        let code = try #require(problem["code"]?.string)
        #expect(problem["type"]?.string == "/problems/\(code)")
        #expect(problem["title"]?.string?.isEmpty == false)
        #expect(problem["detail"]?.string?.isEmpty == false)
        let id = try #require(response.field("x-request-id"))
        #expect(problem["instance"]?.string == "urn:uuid:\(id)")
        for secret in ["hunter2", "SELECT", "tenant_b"] { #expect(!response.text.contains(secret), "\(name)") }
        if name != "data-ruleBroken" { #expect(!response.text.contains("order_lines_within_stock"), "\(name)") }
        if [429, 503].contains(response.status), name.hasPrefix("data-") {
          #expect(response.field("retry-after") == "1")
        }
      }
      let log = server.lines.all.joined()
      #expect(log.contains("hunter2"), "the operator's log has the complete face")
    }
  }

  /// `what is thrown | status code`
  static let mapping = """
    data-uniqueViolation | 409 conflict.exists
    data-foreignKeyViolation | 422 reference.unknown
    data-checkViolation | 422 value.refused
    data-notNullViolation | 422 value.refused
    data-valueInvalid | 422 value.refused
    data-timedOut | 503 deadline.exceeded
    data-resultTooLarge | 422 result.tooLarge
    data-connectionLost | 503 service.unavailable
    data-ruleBroken | 409 order_lines_within_stock
    data-denied | 500 internal.fault
    data-other | 500 internal.fault
    data-retry | 503 transaction.contended
    unknown | 500 internal.fault
    cancelled | 503 service.unavailable
    refusal-malformed | 400 test.malformed
    refusal-unauthenticated | 401 test.unauthenticated
    refusal-forbidden | 403 test.forbidden
    refusal-notFound | 404 test.notFound
    refusal-methodNotAllowed | 405 test.methodNotAllowed
    refusal-conflict | 409 test.conflict
    refusal-preconditionFailed | 412 test.preconditionFailed
    refusal-tooLarge | 413 test.tooLarge
    refusal-unsupportedMedia | 415 test.unsupportedMedia
    refusal-invalid | 422 test.invalid
    refusal-preconditionRequired | 428 test.preconditionRequired
    refusal-limited | 429 test.limited
    refusal-internal | 500 test.internal
    refusal-unavailable | 503 test.unavailable
    """

  @Test("each error has its status and code")
  func statuses() throws {
    let rows = Self.mapping.split(separator: "\n")
    #expect(rows.count == TestRoutes.thrown.count)
    for row in rows {
      let sides = row.split(separator: "|").map { $0.split(separator: " ") }
      let error = try #require(TestRoutes.thrown[String(sides[0][0])])
      let refusal = Refusal(translating: error)
      #expect("\(refusal.status.code)" == sides[1][0], "\(row)")
      #expect(refusal.code.name == sides[1][1], "\(row)")
    }
  }

  @Test("a rule's name is shown only when it is a plain identifier")
  func ruleNames() {
    for name in ["a b", "drop'--", "", String(repeating: "x", count: 101), "naïve"] {
      let refusal = Refusal(translating: DataError(.ruleBroken, constraint: name, diagnostic: ""))
      #expect(refusal.code == .internalFault)
    }
  }

  @Test("codes are unique, and each says noun.rule")
  func codes() {
    let codes = RefusalCode.core + RefusalCode.server
    #expect(Set(codes.map(\.name)).count == codes.count)
    for code in codes { #expect(code.name.split(separator: ".").count == 2) }
  }

  @Test("an unknown path answers like an absent resource")
  func notFound() async throws {
    try await Fixture.run { server async throws in
      func shape(_ response: RawResponse) -> String {
        response.text.replacing(response.field("x-request-id") ?? "-", with: "<id>")
      }
      let absent = try await server.send("GET", "/v1/orders/\(World.id(0x999))")
      let noID = try await server.send("GET", "/v1/orders/not-an-id")
      let unknown = try await server.send("GET", "/v1/nothing")
      let foreign = try await server.send("GET", "/v1/orders/\(World.id(0x998))")
      let long = try await server.send("GET", "/v1/faults/\(String(repeating: "x", count: 61))")
      #expect(absent.status == 404)
      #expect(Set([absent, noID, unknown, foreign, long].map(shape)).count == 1)
    }
  }

  @Test("HEAD is GET without its body, OPTIONS lists, other methods get 405 with Allow")
  func methods() async throws {
    try await Fixture.run { server async throws in
      let path = "/v1/orders/\(World.order)"
      let get = try await server.send("GET", path)
      let head = try await server.send("HEAD", path)
      #expect(head.status == 200)
      #expect(head.field("content-length") == get.field("content-length"))
      #expect(head.field("etag") == get.field("etag"))
      #expect(try await server.send("HEAD", path, token: nil).status == 401)
      let options = try await server.send("OPTIONS", path, token: nil)
      #expect(options.status == 204)
      #expect(options.field("allow") == "GET, HEAD, OPTIONS, PUT")
      #expect(options.field("content-length") == nil)
      let refused = try await server.send("DELETE", path)
      #expect(refused.status == 405)
      #expect(refused.field("allow") == "GET, HEAD, OPTIONS, PUT")
      #expect(try await server.send("BREW", path).status >= 400)
      #expect(try await server.send("OPTIONS", "/v1/nothing").status == 404)
      #expect(try await server.send("OPTIONS", "*").status == 404)
    }
  }

  @Test("connections are kept after every kind of answer")
  func keepAlive() async throws {
    try await Fixture.run { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        let path = "/v1/orders/\(World.order)"
        for (method, path, status) in [
          ("GET", path, 200), ("HEAD", path, 200), ("OPTIONS", path, 204), ("DELETE", path, 405), ("GET", "/x", 404),
          ("GET", "/healthz", 200),
        ] {
          try await connection.send(Fixture.text(method, path))
          #expect(try await connection.receive(hasBody: method != "HEAD")?.status == status)
        }
        // Two at once: pipelined requests are answered in order.
        try await connection.send(Fixture.text("GET", "/x") + Fixture.text("GET", "/healthz"))
        #expect(try await connection.receive()?.status == 404)
        #expect(try await connection.receive()?.status == 200)
        try await connection.send(Fixture.text("GET", "/healthz", [("Connection", "Close")]))
        #expect(try await connection.receive()?.field("connection") == "close")
        #expect(try await connection.isClosed())
      }
    }
  }

  @Test("entity tags: versions out, conditions in")
  func entityTags() async throws {
    try await Fixture.run { server async throws in
      let path = "/v1/orders/\(World.order)"
      #expect(try await server.send("GET", path).field("etag") == "\"3\"")
      for (header, status) in [
        ("\"3\"", 304), ("W/\"3\"", 304), ("\"1\", \"3\"", 304), ("*", 304), ("\"4\"", 200), ("3", 200), ("", 200),
      ] {
        let response = try await server.send("GET", path, [("If-None-Match", header)])
        #expect(response.status == status, "\(header)")
        if status == 304 {
          #expect(response.body.isEmpty)
          #expect(response.field("etag") == "\"3\"")
        }
      }
      let body = #"{"sku":"A","quantity":1}"#
      for (header, status) in [
        ("\"3\"", 200), ("\"2\"", 412), ("3", 400), ("W/\"3\"", 400), ("*", 400), ("\"3\", \"4\"", 400),
        ("\"99999999999999999999\"", 400), ("\"-3\"", 400), ("\"\"", 400), ("\"", 400),
      ] {
        let response = try await server.send("PUT", path, [("If-Match", header)], body: body)
        #expect(response.status == status, "\(header)")
      }
      let missing = try await server.send("PUT", path, body: body)
      #expect(missing.status == 428)
      #expect(missing.text.contains("version.missing"))
      #expect(await server.sessions.effects == 1)
    }
  }

  @Test("answers carry the headers that keep them private")
  func headers() async throws {
    try await Fixture.run { server async throws in
      let tenant = try await server.send("GET", "/v1/orders")
      #expect(tenant.field("cache-control") == "no-store")
      #expect(tenant.field("vary") == "Authorization")
      #expect(tenant.field("x-content-type-options") == "nosniff")
      #expect(tenant.field("date") == "Fri, 15 Jan 2027 08:00:00 GMT")
      #expect(tenant.field("server") == nil)
      let created = try await server.send("POST", "/v1/orders", body: #"{"sku":"A","quantity":1}"#)
      #expect(created.field("location") == "/v1/orders/\(World.order)")
      #expect(created.field("etag") == "\"1\"")
    }
  }

  @Test("a request id that is a UUID is kept, any other is replaced")
  func requestIDs() async throws {
    try await Fixture.run { server async throws in
      let mine = World.id(42).description
      #expect(try await server.send("GET", "/healthz", [("X-Request-ID", mine)]).field("x-request-id") == mine)
      let replaced = try await server.send("GET", "/healthz", [("X-Request-ID", "x\" injected")])
      #expect(EntityID(replaced.field("x-request-id") ?? "") != nil)
    }
  }

  @Test("Expect: 100-continue is answered before the body, and a refusal comes instead of it")
  func expectContinue() async throws {
    try await Fixture.run { server async throws in
      let body = #"{"sku":"A","quantity":1}"#
      @Sendable func head(_ token: String) -> String {
        "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nExpect: 100-continue\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
      }
      try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(head("a"))
        #expect(try await connection.receive()?.status == 100)
        try await connection.send(body)
        #expect(try await connection.receive()?.status == 201)
      }
      try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(head("forged"))
        #expect(try await connection.receive()?.status == 401)
      }
    }
  }

  @Test("open routes know the peer, and their tenant parameter needs no credential")
  func open() async throws {
    try await Fixture.run { server async throws in
      let response = try await server.send("POST", "/v1/tenants/beta/login", token: nil, body: #"{"name":"x"}"#)
      #expect(response.text == #"{"tenant":"beta","peer":"127.0.0.1"}"#)
    }
  }
}
