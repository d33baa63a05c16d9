import BulkheadCore
import BulkheadPostgres
import Testing

@Suite struct ConnectTests {
  private func attempt(
    _ parameters: [(String, String)], deadline: ContinuousClock.Instant? = nil
  ) async throws -> PostgresConnection {
    try await PostgresConnection.connect(parameters, reactor: reactor.get(), deadline: deadline ?? soon)
  }

  /// A role of its own with a password.
  private func makeRole() async throws -> (user: String, password: String) {
    let user = "role_\(uniqueNumber())"
    let password = "pass_\(uniqueNumber())"
    try await connect().simple("CREATE ROLE \(user) LOGIN PASSWORD '\(password)'", deadline: soon)
    return (user, password)
  }

  @Test("connecting to nothing fails")
  func nothing() async throws {
    let socket = try await failure { try await attempt([("host", "/tmp/there-is-no-such-folder")]) }
    #expect(socket.kind == .connectFailed)
    let port = try freePort()
    let closed = try await failure { try await attempt([("host", "127.0.0.1"), ("port", String(port))]) }
    #expect(closed.kind == .connectFailed && closed.message?.contains("refused") == true)
  }

  @Test("the right password connects, a wrong one fails and is in no face of the error")
  func password() async throws {
    let server = try PrivateServer.shared.get()
    let role = try await makeRole()
    let connection = try await attempt(server.parameters(user: role.user, password: role.password))
    #expect(try await connection.cell("SELECT current_user") == role.user)
    let error = try await failure { try await attempt(server.parameters(user: role.user, password: "s3cr3t-guess")) }
    #expect(error.kind == .connectFailed)
    #expect(error.description == "postgres.connectFailed")
    #expect(error.debugDescription.contains("password authentication failed"))
    #expect(!error.debugDescription.contains("s3cr3t") && !"\(error)".contains("s3cr3t"))
  }

  @Test("a server that never answers is given up at the deadline")
  func blackHole() async throws {
    let listener = try Listener(port: freePort())
    let error = try await failure {
      try await attempt(
        [("host", "127.0.0.1"), ("port", String(listener.port)), ("sslmode", "disable")],
        deadline: .now + .milliseconds(50))
    }
    #expect(error.kind == .timedOut)
    #expect(try await failure { try await attempt([("host", "127.0.0.1")], deadline: .now) }.kind == .timedOut)
  }

  @Test("a cancelled task gives connecting up")
  func cancelled() async throws {
    let listener = try Listener(port: freePort())
    let parameters = [("host", "127.0.0.1"), ("port", String(listener.port)), ("sslmode", "disable")]
    let task = Task { try await attempt(parameters) }
    for _ in 0..<100 { await Task.yield() }
    task.cancel()
    #expect(try await failure { try await task.value }.kind == .cancelled)
  }

  @Test("parameters that make no sense are refused")
  func invalid() async throws {
    #expect(try await failure { try await attempt([("no_such_keyword", "x")]) }.kind == .connectFailed)
    #expect(try await failure { try await attempt([("host", "a\0b")]) }.kind == .parameterInvalid)
    let parameters = try PrivateServer.shared.get().parameters
    let unknown = try await failure { try await attempt(parameters + [("dbname", "no_such_database")]) }
    #expect(unknown.kind == .connectFailed && unknown.message?.contains("no_such_database") == true)
  }

  @Test("the caller's options reach the server, its encoding does not")
  func options() async throws {
    let parameters = try PrivateServer.shared.get().parameters
    let connection = try await attempt(
      parameters + [("options", "-c statement_timeout=4321"), ("client_encoding", "LATIN1")])
    #expect(try await connection.cell("SHOW statement_timeout") == "4321ms")
    #expect(try await connection.cell("SHOW client_encoding") == "UTF8")
  }

  @Test("long answers arrive through TLS")
  func tls() async throws {
    let server = try PrivateServer.shared.get()
    try #require(server.hasTLS, "openssl is needed to make a certificate")
    let role = try await makeRole()
    let connection = try await attempt(server.parameters(user: role.user, password: role.password, tls: true))
    #expect(try await connection.cell("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "true")
    for size in [1, 8_191, 16_384, 40_000, 10 << 20] {
      let text = String(repeating: "z", count: size)
      #expect(try await connection.cell("SELECT $1::text", .text(text)) == text)
    }
    let rows = try await connection.run("SELECT n FROM generate_series(1, 100000) n")
    #expect(try rows[99_999].int(0) == 100_000)
    let error = try await failure {
      try await connection.run("SELECT pg_sleep(60)", deadline: .now + .milliseconds(50))
    }
    #expect(error.kind == .timedOut)
  }

  @Test("the safe face of an error names kind and SQLSTATE only", arguments: PostgresError.Kind.allCases)
  func faces(kind: PostgresError.Kind) {
    let error = PostgresError(
      kind, sqlState: "23505", message: "secret message", detail: "secret detail", hint: "secret hint",
      constraint: "secret_key", table: "secret_table", column: "secret_column", commandIndex: 3)
    #expect(error.description == "postgres.\(kind.rawValue) (23505)")
    for part in ["message", "detail", "hint", "key", "table", "column", "3"] {
      #expect(error.debugDescription.contains(part))
    }
  }
}
