import BulkheadCore
import BulkheadPostgres
import Testing

@Suite struct RoundTripTests {
  @Test("every kind of value comes back as it was sent")
  func values() async throws {
    let connection = try await connect()
    let id = EntityID(high: 0x0102_0304_0506_7708, low: 0x890A_0B0C_0D0E_0F10)
    let instant = Instant(microseconds: 1_769_903_999_123_456)
    let row = try await connection.run(
      """
      SELECT $1::text, $2::bigint, $3::boolean, $4::uuid, $5::bytea,
             $6::timestamptz AT TIME ZONE 'UTC' || '+00', $7::text, $8::bigint, ''::text
      """,
      "naïve ☃ text", .int(.min), true, .id(id), .bytes([0, 1, 255, 92, 0]), .instant(instant), nil, .int(.max))[0]
    #expect(try row.text(0) == "naïve ☃ text")
    #expect(try row.int(1) == .min)
    #expect(try row.bool(2))
    #expect(try row.id(3) == id)
    #expect(try row.bytes(4) == [0, 1, 255, 92, 0])
    #expect(try row.instant(5) == instant)
    #expect(row.isNull(6))
    #expect(try row.int(7) == .max)
    #expect(try row.text(8) == "" && !row.isNull(8))
  }

  @Test("several commands travel at once and answer in order")
  func order() async throws {
    let connection = try await connect()
    let commands = (0..<100).map { number -> Command in
      number.isMultiple(of: 3)
        ? .once(text: "SELECT \(number)", parameters: [])
        : .prepared(text: "SELECT $1::int", parameters: [.int(Int64(number))])
    }
    let rows = try await connection.roundTrip(commands, deadline: soon)
    #expect(try rows.map { try $0[0].int(0) } == (0..<100).map(Int64.init))
    #expect(connection.transactionStatus == .idle)
  }

  @Test("changed rows are counted, and commands without rows have none")
  func affected() async throws {
    let connection = try await connect()
    let rows = try await connection.roundTrip(
      [
        .once(text: "CREATE TEMP TABLE t (n int)", parameters: []),
        .once(text: "INSERT INTO t SELECT generate_series(1, 5)", parameters: []),
        .once(text: "UPDATE t SET n = n + 1 WHERE n > $1 RETURNING n", parameters: [.int(2)]),
        .once(text: "", parameters: []),
      ], deadline: soon)
    #expect(rows.map(\.affected) == [0, 5, 3, 0])
    #expect(rows.map(\.count) == [0, 0, 3, 0])
  }

  @Test("no commands, no results")
  func empty() async throws {
    let connection = try await connect()
    #expect(try await connection.roundTrip([], deadline: soon).isEmpty)
    #expect(try await connection.roundTrip([.sync, .sync], deadline: nil).isEmpty)
  }

  @Test("an error in the middle is thrown with its position, undoes its segment and leaves the connection usable")
  func errorInTheMiddle() async throws {
    let connection = try await connect()
    try await connection.run("CREATE TEMP TABLE t (n int)")
    let error = try await failure {
      try await connection.roundTrip(
        [
          .prepared(text: "INSERT INTO t VALUES (1)", parameters: []),
          .sync,
          .prepared(text: "INSERT INTO t VALUES (2)", parameters: []),
          .prepared(text: "SELECT 1 / $1::int", parameters: [.int(0)]),
          .prepared(text: "INSERT INTO t VALUES (3)", parameters: []),
          .sync,
          .prepared(text: "INSERT INTO t VALUES (4)", parameters: []),
        ], deadline: soon)
    }
    #expect(error.kind == .server)
    #expect(error.sqlState == "22012")
    #expect(error.commandIndex == 3)
    #expect(connection.transactionStatus == .idle)
    #expect(connection.isUsable)
    #expect(try await connection.cell("SELECT string_agg(n::text, ',' ORDER BY n) FROM t") == "1,4")
  }

  @Test("an error in an open transaction leaves it to be rolled back")
  func errorInTransaction() async throws {
    let connection = try await connect()
    let begin = Command.once(text: "BEGIN", parameters: [])
    _ = try await connection.roundTrip([begin], deadline: soon)
    #expect(connection.transactionStatus == .inTransaction)
    let error = try await failure { try await connection.run("SELECT nothing") }
    #expect(error.sqlState == "42703")
    #expect(connection.transactionStatus == .inError)
    #expect(try await failure { try await connection.run("SELECT 1") }.sqlState == "25P02")
    try await connection.run("ROLLBACK")
    #expect(connection.transactionStatus == .idle)
  }

  @Test("a violated constraint is named")
  func constraint() async throws {
    let connection = try await connect()
    try await connection.run("CREATE TEMP TABLE stock (q int CONSTRAINT stock_not_negative CHECK (q >= 0) NOT NULL)")
    let check = try await failure { try await connection.run("INSERT INTO stock VALUES ($1)", .int(-1)) }
    #expect(check.sqlState == "23514" && check.constraint == "stock_not_negative" && check.table == "stock")
    let null = try await failure { try await connection.run("INSERT INTO stock VALUES (NULL)") }
    #expect(null.sqlState == "23502" && null.column == "q")
    #expect(null.detail != nil)
  }

  @Test("ten megabytes travel both ways")
  func large() async throws {
    let connection = try await connect()
    let text = String(repeating: "0123456789abcdé", count: 10 << 16)
    let bytes = (0..<(10 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let row = try await connection.run("SELECT $1::text, $2::bytea", .text(text), .bytes(bytes))[0]
    #expect(try row.text(0) == text)
    #expect(try row.bytes(1) == bytes)
  }

  @Test("a pipeline whose commands and answers both overflow the sockets does not lock up")
  func overflow() async throws {
    let connection = try await connect()
    let text = String(repeating: "x", count: 1 << 20)
    let commands = (0..<30).map {
      Command.prepared(text: "SELECT $1 || $2::text", parameters: [.text(text), .int($0)])
    }
    let rows = try await connection.roundTrip(commands, deadline: soon)
    #expect(try rows.enumerated().allSatisfy { try $1[0].text(0) == text + String($0) })
  }

  @Test("answers that arrive in many pieces are whole")
  func manyRows() async throws {
    let connection = try await connect()
    let rows = try await connection.run("SELECT n, repeat('y', n % 50) FROM generate_series(1, 200000) n")
    #expect(rows.count == 200_000)
    #expect(
      try rows.indices.allSatisfy { try rows[$0].int(0) == Int64($0 + 1) && rows[$0].text(1).count == ($0 + 1) % 50 })
  }

  @Test("a thousand calls interleaved over eight connections each get their own answer")
  func interleaved() async throws {
    let connections = try await withThrowingTaskGroup(of: PostgresConnection.self) { group in
      for _ in 0..<8 { group.addTask { try await connect() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(connections.map(\.backendPID)).count == 8)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, connection) in connections.enumerated() {
        group.addTask {
          for round in 0..<125 {
            let number = Int64(index * 1000 + round)
            let rows = try await connection.roundTrip(
              [
                .prepared(text: "SELECT $1::bigint, pg_backend_pid()", parameters: [.int(number)]),
                .once(text: "SELECT repeat($1, \(round * 10))", parameters: [.text("é")]),
              ], deadline: soon)
            #expect(try rows[0][0].int(0) == number)
            #expect(try rows[0][0].int(1) == Int64(connection.backendPID))
            #expect(try rows[1][0].text(0).count == round * 10)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("a second call at the same time is refused and does not disturb the first")
  func busy() async throws {
    let (first, other) = (try await connect(), try await connect())
    let lock = uniqueNumber()
    try await other.run("SELECT pg_advisory_lock($1)", .int(lock))
    async let waiting = first.run("SELECT pg_advisory_lock($1), 'mine'", .int(lock))
    try await other.waitUntilBlocked(first.backendPID)
    #expect(try await failure { try await first.run("SELECT 1") }.kind == .busy)
    #expect(try await failure { try await first.simple("SELECT 1", deadline: soon) }.kind == .busy)
    #expect(first.transactionStatus == .active)
    try await other.run("SELECT pg_advisory_unlock($1)", .int(lock))
    #expect(try await waiting[0].text(1) == "mine")
  }

  @Test("connection facts are the server's")
  func facts() async throws {
    let connection = try await connect()
    #expect(try await connection.cell("SELECT pg_backend_pid()") == String(connection.backendPID))
    #expect(try await connection.cell("SHOW server_version_num") == String(connection.serverVersionNumber))
    #expect(try await connection.cell("SHOW client_encoding") == "UTF8")
  }
}
