import BulkheadCore
import Testing

@testable import BulkheadPostgres

@Suite struct ParameterTests {
  @Test("array elements survive quotes, backslashes, commas, braces, NULLs and blanks")
  func texts() async throws {
    let connection = try await connect()
    let elements: [String?] = [
      "plain", "", " ", "a,b", "{x}", "say \"hi\"", "back\\slash", "\\\"", "NULL", "null", nil, "ü☃", "\n\t", "'",
      "}{,\"",
    ]
    let rows = try await connection.run(
      "SELECT x FROM unnest($1::text[]) WITH ORDINALITY u (x, n) ORDER BY n", .texts(elements))
    #expect(rows.map { $0.textOrNil(0) } == elements)
    #expect(try await connection.cell("SELECT cardinality($1::text[])", .texts([])) == "0")
  }

  @Test("random arrays survive", arguments: [UInt64.random(in: 0 ... .max)])
  func randomTexts(seed: UInt64) async throws {
    let random = SeededRandom(seed: seed)
    let alphabet: [Character] = ["\"", "\\", ",", "{", "}", " ", "N", "U", "L", "é", "\n", "x"]
    let arrays = (0..<50).map { _ in
      (0..<Int(random.next() % 8)).map { _ -> String? in
        random.next() % 6 == 0
          ? nil : String((0..<Int(random.next() % 9)).map { _ in alphabet[Int(random.next() % 12)] })
      }
    }
    let connection = try await connect()
    let answers = try await connection.roundTrip(
      arrays.map {
        .prepared(
          text: "SELECT x FROM unnest($1::text[]) WITH ORDINALITY u (x, n) ORDER BY n", parameters: [.texts($0)])
      }, deadline: soon)
    #expect(answers.map { $0.map { $0.textOrNil(0) } } == arrays, "seed \(seed)")
  }

  @Test("arrays of ids and numbers arrive as such")
  func idsAndInts() async throws {
    let connection = try await connect()
    let id = EntityID(high: 1, low: .max)
    let row = try await connection.run(
      "SELECT ($1::uuid[])[1], ($1::uuid[])[2] IS NULL, ($2::bigint[])[1], ($2::bigint[])[2] IS NULL, ($2::bigint[])[3]",
      .ids([id, nil]), .ints([.min, nil, 0]))[0]
    #expect(try row.id(0) == id && row.bool(1) && row.bool(3))
    #expect(try row.int(2) == .min && row.int(4) == 0)
  }

  @Test("numbers are written in decimal", arguments: [Int64.min, -1, 0, 7, 10, 1_234_567_890_123, .max])
  func decimal(number: Int64) {
    var bytes: [UInt8] = []
    bytes.appendDecimal(number)
    #expect(String(decoding: bytes, as: UTF8.self) == String(number))
  }

  @Test(
    "a NUL character is refused before anything is sent",
    arguments: [
      Command.once(text: "SELECT $1::text", parameters: ["a\0b"]),
      .prepared(text: "SELECT $1::text[]", parameters: [.texts(["a", "\0"])]),
      .once(text: "SELECT 1\0", parameters: []), .prepared(text: "SELECT 1 \0 , 2", parameters: []),
    ])
  func nul(command: Command) async throws {
    let connection = try await connect()
    let insert = Command.once(text: "CREATE TEMP TABLE t (n int)", parameters: [])
    let error = try await failure { try await connection.roundTrip([insert, command], deadline: soon) }
    #expect(error.kind == .parameterInvalid && error.commandIndex == 1)
    #expect(try await failure { try await connection.simple("SELECT 1\0", deadline: soon) }.kind == .parameterInvalid)
    #expect(try await connection.cell("SELECT to_regclass('t') IS NULL") == "t")
  }

  @Test("too many and too large parameters are refused before anything is sent")
  func bounds() async throws {
    let connection = try await connect(PostgresLimits(requestBytesMax: 1000))
    let many = [SQLValue](repeating: nil, count: 65_536)
    #expect(
      try await failure { try await connection.roundTrip([.once(text: "SELECT 1", parameters: many)], deadline: soon) }
        .kind == .parameterInvalid)
    let large = SQLValue.text(String(repeating: "x", count: 1001))
    #expect(try await failure { try await connection.run("SELECT $1", large) }.kind == .parameterInvalid)
    #expect(try await connection.cell("SELECT 1") == "1")
  }
}
