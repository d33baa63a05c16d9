import BulkheadCore
import Testing

@testable import BulkheadPostgres

@Suite struct StatementCacheTests {
  private func prepared(_ text: String, _ parameters: SQLValue...) -> Command {
    .prepared(text: text, parameters: parameters)
  }

  private func onServer(_ connection: PostgresConnection) async throws -> [String?] {
    try await connection.run("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time, name")
      .map { $0.textOrNil(0) }
  }

  @Test("a statement is prepared once, however often it is used")
  func hit() async throws {
    let connection = try await connect()
    for _ in 0..<3 {
      _ = try await connection.roundTrip(
        [prepared("SELECT 1"), prepared("SELECT 1"), prepared("SELECT 2")], deadline: soon)
    }
    #expect(try await onServer(connection) == ["SELECT 1", "SELECT 2"])
  }

  @Test("the least recently used statement makes room, and leaves the server with a later call")
  func eviction() async throws {
    let connection = try await connect(PostgresLimits(statementsMax: 2))
    for text in ["SELECT 1", "SELECT 2", "SELECT 1", "SELECT 3"] {
      _ = try await connection.roundTrip([prepared(text)], deadline: soon)
    }
    #expect(try await onServer(connection) == ["SELECT 1", "SELECT 3"])
  }

  @Test("more distinct statements in one call than the cache holds all run, inside a transaction too")
  func overflow() async throws {
    let connection = try await connect(PostgresLimits(statementsMax: 3))
    let commands = (0..<20).map { prepared("SELECT \($0)") }
    _ = try await connection.run("BEGIN")
    for _ in 0..<2 {
      let rows = try await connection.roundTrip(commands, deadline: soon)
      #expect(try rows.map { try $0[0].int(0) } == (0..<20).map(Int64.init))
    }
    try await connection.run("COMMIT")
    try await connection.run("SELECT 1")
    #expect(try await onServer(connection).count <= 3)
  }

  @Test("a statement that could not be prepared is not kept, nor are those behind it")
  func failedPrepare() async throws {
    let connection = try await connect()
    let commands = [prepared("SELECT 'before'"), prepared("SELECT n FROM absent"), prepared("SELECT 'behind'")]
    for _ in 0..<2 {
      let error = try await failure { try await connection.roundTrip(commands, deadline: soon) }
      #expect(error.sqlState == "42P01" && error.commandIndex == 1)
    }
    try await connection.run("CREATE TEMP TABLE absent AS SELECT 5 AS n")
    let rows = try await connection.roundTrip(commands, deadline: soon)
    #expect(try rows.map { try $0[0].text(0) } == ["before", "5", "behind"])
  }

  @Test("a statement stays prepared when its transaction is rolled back")
  func rolledBack() async throws {
    let connection = try await connect()
    _ = try await connection.roundTrip([.once(text: "BEGIN", parameters: []), prepared("SELECT 1")], deadline: soon)
    try await connection.run("ROLLBACK")
    #expect(try await connection.roundTrip([prepared("SELECT 1")], deadline: soon)[0].count == 1)
    #expect(try await onServer(connection) == ["SELECT 1"])
  }

  @Test("a statement whose result type changed fails once and is prepared anew")
  func changedResult() async throws {
    let connection = try await connect()
    try await connection.run("CREATE TEMP TABLE t AS SELECT 1 AS n")
    _ = try await connection.roundTrip([prepared("SELECT * FROM t")], deadline: soon)
    try await connection.run("ALTER TABLE t ADD COLUMN m int")
    #expect(
      try await failure { try await connection.roundTrip([prepared("SELECT * FROM t")], deadline: soon) }.sqlState
        == "0A000")
    #expect(try await connection.roundTrip([prepared("SELECT * FROM t")], deadline: soon)[0].columnCount == 2)
    try await connection.run("SELECT 1")
    #expect(try await onServer(connection).count == 1)
  }

  @Test("a statement that the server has forgotten fails once and is prepared anew")
  func forgottenByServer() async throws {
    let connection = try await connect()
    _ = try await connection.roundTrip([prepared("SELECT 1")], deadline: soon)
    try await connection.run("DEALLOCATE ALL")
    #expect(
      try await failure { try await connection.roundTrip([prepared("SELECT 1")], deadline: soon) }.sqlState == "26000")
    _ = try await connection.roundTrip([prepared("SELECT 1")], deadline: soon)
  }

  @Test("after DISCARD ALL and forgetStatements nothing fails")
  func discarded() async throws {
    let connection = try await connect(PostgresLimits(statementsMax: 1))
    for text in ["SELECT 1", "SELECT 2"] { _ = try await connection.roundTrip([prepared(text)], deadline: soon) }
    try await connection.run("DISCARD ALL")
    connection.forgetStatements()
    for text in ["SELECT 1", "SELECT 2"] { _ = try await connection.roundTrip([prepared(text)], deadline: soon) }
  }

  @Test("the list of names to deallocate is bounded like the cache")
  func bounded() throws {
    var cache = StatementCache(statementsMax: 4)
    let used = (0..<100).map { cache.use("SELECT \($0)") }
    #expect(used.prefix(8).allSatisfy { $0?.isNew == true })
    #expect(used.dropFirst(8).allSatisfy { $0 == nil })
    #expect(cache.evicted.count == 4)
    #expect(cache.takeEvicted(16).count == 4)
    #expect(cache.use("SELECT 99")?.isNew == true)
  }
}
