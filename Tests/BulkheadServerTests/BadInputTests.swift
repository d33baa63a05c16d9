import BulkheadCore
import Testing

@testable import BulkheadServer

@Suite("Bad input")
struct BadInputTests {
  private func problem(_ response: RawResponse) throws -> JSON {
    #expect(response.field("content-type") == "application/problem+json")
    return try JSONParser.parse(response.body)
  }

  @Test("unreadable JSON is 400 and names the place")
  func malformed() async throws {
    try await Fixture.run { server async throws in
      let deep = String(repeating: "[", count: 10_000)
      let table: [(String, String)] = [
        ("", "empty"), ("{", "ends in the middle"), (#"{"sku":"A","#, "ends in the middle"),
        ("{\n  \"sku\": x}", "At byte 11, line 2, column 10"), (#"{"sku":"A","sku":"B"}"#, "repeated"),
        (#"{"sku":"A"} x"#, "follows"), (String(deep.prefix(900)), "too deeply"), (#"{"sku":"\u0000"}"#, "escape"),
        (#"{"sku":"\ud800"}"#, "escape"), ("nul", "ends"), ("{'sku':1}", "not JSON"),
        (#"{"quantity":01}"#, "not JSON"), (#"{"quantity":NaN}"#, "not JSON"), ("\u{feff}{}", "not JSON"),
      ]
      for (body, words) in table {
        let response = try await server.send("POST", "/v1/orders", body: body)
        #expect(response.status == 400, "\(body)")
        let problem = try problem(response)
        #expect(problem["code"]?.string == "body.malformed")
        #expect(problem["detail"]?.string?.contains(words) == true, "\(problem.text)")
      }
      #expect(await server.sessions.effects == 0)
    }
  }

  @Test("bytes that are no UTF-8 are refused")
  func notUTF8() async throws {
    try await Fixture.run { server async throws in
      let body: [UInt8] = Array(#"{"sku":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)
      let response = try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(
          "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\n\r\n")
        try await connection.send(body)
        return try await connection.receive()
      }
      #expect(response?.status == 400)
    }
  }

  @Test("understood and wrong is 422 with every place")
  func invalid() async throws {
    try await Fixture.run { server async throws in
      let response = try await server.send(
        "POST", "/v1/orders", body: #"{"quantity":-1,"tenant_id":"01890a5d-ac96-774b-bcce-b302099a8057"}"#)
      #expect(response.status == 422)
      let problem = try problem(response)
      #expect(problem["code"]?.string == "input.invalid")
      let places = problem["violations"]?.array?.map { "\($0["pointer"]?.string ?? "") \($0["code"]?.string ?? "")" }
      #expect(places == ["/sku field.missing", "/quantity field.range", "/tenant_id field.unknown"])
      #expect(await server.sessions.effects == 0)
    }
  }

  @Test("too large is 413: announced, and found out while it streams")
  func tooLarge() async throws {
    try await Fixture.run { server async throws in
      let large = #"{"sku":"\#(String(repeating: "A", count: 2000))"}"#
      let announced = try await server.send("POST", "/v1/orders", body: large)
      #expect(announced.status == 413)
      #expect(announced.text.contains("body.tooLarge"))
      #expect(announced.field("connection") == nil, "what is left is small enough to drain")

      let chunk = String(repeating: "A", count: 800)
      let piece = "\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n"
      let streamed = try await server.raw(
        "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n" + piece + piece + "0\r\n\r\n")
      #expect(streamed.status == 413)
    }
  }

  @Test("an enormous announced body is refused before a byte of it is read, and the connection ends")
  func enormous() async throws {
    try await Fixture.run { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(
          "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 99999999999\r\n\r\n")
        let response = try await connection.receive()
        #expect(response?.status == 413)
        #expect(response?.field("connection") == "close")
      }
    }
  }

  @Test("a peer that sends megabytes after its refusal still reads the refusal, and then the connection ends")
  func lingering() async throws {
    try await Fixture.run { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        let bytes = 4 << 20
        try await connection.send(
          "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(bytes)\r\n\r\n")
        for _ in 0..<(bytes / 65_536) { try await connection.send(String(repeating: "A", count: 65_536)) }
        let response = try await connection.receive()
        #expect(response?.status == 413)
        #expect(response?.field("connection") == "close")
        #expect(try await connection.receive() == nil)
      }
    }
  }

  @Test("after a small refused body the connection is good for the next request")
  func keepAliveAfterRefusal() async throws {
    try await Fixture.run { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        for _ in 0..<3 {
          try await connection.send(Fixture.text("POST", "/v1/orders", token: "forged", body: "{}"))
          #expect(try await connection.receive()?.status == 401)
          try await connection.send(Fixture.text("GET", "/v1/orders"))
          #expect(try await connection.receive()?.status == 200)
        }
      }
    }
  }

  @Test("a chunked body is read like any other")
  func chunked() async throws {
    try await Fixture.run { server async throws in
      let head =
        "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n"
      let good = try await server.raw(head + "5\r\n{\"sku\r\n14\r\n\":\"A\",\"quantity\":12}\r\n0\r\n\r\n")
      #expect(good.status == 201)
      let bad = try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(head + "zz\r\n{}\r\n")
        return try await connection.receive()
      }
      #expect(bad?.status == 400)
    }
  }

  @Test("a body that does not arrive is 408 and the connection ends")
  func slow() async throws {
    try await Fixture.run(routes: [], { $0.bodyTimeout = .milliseconds(40) }) { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(
          "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{\"sku\":")
        let response = try await connection.receive()
        #expect(response?.status == 408)
        #expect(response?.text.contains("body.timeout") == true)
        #expect(try await connection.isClosed())
      }
      #expect(await server.sessions.effects == 0)
    }
  }

  @Test("a peer that goes away in the middle of its body changes nothing")
  func truncated() async throws {
    try await Fixture.run { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(
          "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
            + "Content-Length: 24\r\n\r\n{\"sku\":\"A\",\"quantity\":1")
      }
      #expect(try await server.send("GET", "/v1/orders").status == 200)
      #expect(await server.sessions.effects == 0)
    }
  }

  @Test("other media types, charsets and encodings are 415")
  func mediaTypes() async throws {
    try await Fixture.run { server async throws in
      let body = #"{"sku":"A","quantity":1}"#
      for type in ["application/json", "Application/JSON; Charset=\"UTF-8\"", "application/json;charset=utf-8"] {
        #expect(try await server.send("POST", "/v1/orders", body: body, type: type).status == 201, "\(type)")
      }
      for type in ["text/plain", "application/jsonp", "application/json; charset=utf-16", "", nil] {
        #expect(try await server.send("POST", "/v1/orders", body: body, type: type).status == 415)
      }
      let zipped = try await server.send("POST", "/v1/orders", [("Content-Encoding", "gzip")], body: body)
      #expect(zipped.status == 415)
      #expect(try await server.send("POST", "/v1/edi", body: "ISA", type: "application/EDI-X12").status == 200)
      #expect(try await server.send("POST", "/v1/edi", body: "ISA", type: "image/png").status == 415)
      let large = String(repeating: "I", count: 65)
      #expect(try await server.send("POST", "/v1/edi", body: large, type: "text/plain").status == 413)
    }
  }

  @Test("a body where none is taken is refused")
  func unexpectedBody() async throws {
    try await Fixture.run { server async throws in
      let response = try await server.send("GET", "/v1/orders", body: "{}")
      #expect(response.status == 400)
      #expect(response.text.contains("body.unexpected"))
    }
  }

  @Test("the query is checked like a body")
  func query() async throws {
    try await Fixture.run { server async throws in
      let good = try await server.send("GET", "/v1/orders?limit=7&cursor=a%20b+c&open=true")
      #expect(good.text == #"{"limit":7,"after":"a b c"}"#)
      #expect(try await server.send("GET", "/v1/orders?").status == 200)
      let table: [(String, Int, String)] = [
        ("limit=0", 422, "?limit"), ("limit=201", 422, "?limit"), ("limit=x", 422, "?limit"),
        ("limit=", 422, "?limit"), ("limit=9999999999999999999999", 422, "?limit"), ("open=1", 422, "?open"),
        ("tenant=b", 422, "?tenant"), ("limit=1&limit=2", 422, "query.repeated"), ("cursor=%zz", 400, "query"),
        ("cursor=%00", 400, "query"), ("cursor=%ff", 400, "query"), ("cursor=%2", 400, "query"),
        ("cursor=" + String(repeating: "x", count: 513), 422, "?cursor"),
        (String(repeating: "a=1&", count: 100), 400, "query"),
      ]
      for (query, status, words) in table {
        let response = try await server.send("GET", "/v1/orders?\(query)")
        #expect(response.status == status, "\(query)")
        #expect(response.text.contains(words), "\(query): \(response.text)")
      }
    }
  }

  @Test("what may be sent once and is sent twice is refused")
  func repeatedHeaders() async throws {
    try await Fixture.run { server async throws in
      for (name, value) in [
        ("Authorization", "Bearer b"), ("X-Tenant-ID", "alpha"), ("Idempotency-Key", "k"), ("If-Match", "\"1\""),
      ] {
        let twice = name == "Authorization" ? [(name, value)] : [(name, value), (name, value)]
        let response = try await server.send("GET", "/v1/orders", twice)
        #expect(response.status == 400, "\(name)")
        #expect(response.text.contains("header.malformed"))
      }
      let hosts = try await server.send("GET", "/v1/orders", [("Host", "a"), ("Host", "b")])
      #expect(hosts.status == 400)
    }
  }

  @Test(
    "broken HTTP is 400 or a closed connection, and the server goes on",
    arguments: [
      "GARBAGE\r\n\r\n", "GET /v1/orders\r\n\r\n", "GET /v1/orders HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
      "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
      "GET /v1/orders HTTP/1.1\r\nHost: x\r\nX-Big: \(String(repeating: "x", count: 70_000))\r\n\r\n",
      "GET /v1/orders HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X-Many: 1\r\n", count: 500))\r\n",
    ])
  func brokenHTTP(_ text: String) async throws {
    try await Fixture.run { server async throws in
      try await RawConnection.open(server.port) { connection async throws in
        try await connection.send(text)
        if let response = try await connection.receive() { #expect(response.status == 400 || response.status == 401) }
      }
      #expect(try await server.send("GET", "/v1/orders").status == 200)
    }
  }
}
