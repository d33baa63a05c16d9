import BulkheadPostgres
import Testing

@Suite struct ScriptTests {
  @Test("a script of many statements runs, and pipelines work afterwards")
  func script() async throws {
    let connection = try await connect()
    let rows = try await connection.simple(
      "CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1), (2); SELECT sum(n) FROM t; DO $$ BEGIN END $$",
      deadline: soon)
    #expect(rows.map(\.affected) == [0, 2, 1, 0])
    #expect(try rows[2][0].int(0) == 3)
    #expect(try await connection.cell("SELECT count(*) FROM t") == "2")
  }

  @Test("the first error of a script is thrown and nothing of it stays")
  func error() async throws {
    let connection = try await connect()
    let error = try await failure {
      try await connection.simple("CREATE TEMP TABLE t (n int); SELECT 1/0; SELECT 2", deadline: soon)
    }
    #expect(error.sqlState == "22012" && error.commandIndex == nil)
    #expect(try await connection.cell("SELECT to_regclass('t') IS NULL") == "t")
  }

  @Test("warnings are swallowed", arguments: ["DO $$ BEGIN RAISE WARNING 'w'; END $$", "ROLLBACK"])
  func notices(script: String) async throws {
    let connection = try await connect()
    try await connection.simple(script, deadline: soon)
    #expect(connection.isUsable)
  }

  @Test("a COPY ends the connection instead of hanging", arguments: ["COPY t FROM STDIN", "COPY t TO STDOUT"])
  func copy(command: String) async throws {
    let script = try await connect()
    let error = try await failure {
      try await script.simple("CREATE TEMP TABLE t (n int); \(command)", deadline: soon)
    }
    #expect(error.kind == .connectionLost)
    #expect(!script.isUsable)
    let pipeline = try await connect()
    try await pipeline.run("CREATE TEMP TABLE t (n int)")
    _ = try await failure { try await pipeline.run(command) }
    #expect(!pipeline.isUsable)
  }
}
