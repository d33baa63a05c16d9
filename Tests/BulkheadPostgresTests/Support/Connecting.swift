import BulkheadCore
import BulkheadPostgres
import Testing

/// The reactor that tests share.
let reactor = Result { () throws(PostgresError) in try PostgresReactor() }

/// Far enough to never matter in a test that passes.
var soon: ContinuousClock.Instant { .now + .seconds(60) }

func connect(
  _ limits: PostgresLimits = PostgresLimits(), to server: PrivateServer? = nil, on own: PostgresReactor? = nil
) async throws -> PostgresConnection {
  let server = try server ?? PrivateServer.shared.get()
  return try await PostgresConnection.connect(
    server.parameters, reactor: own ?? reactor.get(), deadline: soon, limits: limits)
}

extension PostgresConnection {
  /// One statement, its rows.
  @discardableResult
  func run(_ text: String, _ parameters: SQLValue..., deadline: ContinuousClock.Instant? = nil) async throws -> Rows {
    try await roundTrip([.once(text: text, parameters: parameters)], deadline: deadline ?? soon)[0]
  }

  /// A statement's only cell as text.
  func cell(_ text: String, _ parameters: SQLValue...) async throws -> String? {
    try await roundTrip([.once(text: text, parameters: parameters)], deadline: soon)[0][0].textOrNil(0)
  }

  /// Asks again and again until `text` (a boolean) is true of the server.
  func wait(until text: String, _ parameters: SQLValue...) async throws {
    for _ in 0..<20_000 {
      let rows = try await roundTrip([.once(text: text, parameters: parameters)], deadline: soon)[0]
      if try rows[0].bool(0) { return }
    }
    throw Failure("never came true: \(text)")
  }

  /// Waits until the backend `pid` hangs in `pg_advisory_lock`.
  func waitUntilBlocked(_ pid: Int32) async throws {
    try await wait(
      until: "SELECT count(*) > 0 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'advisory'", .int(Int64(pid)))
  }

  /// Waits until the backend `pid` is gone or does nothing.
  func waitUntilFree(_ pid: Int32) async throws {
    try await wait(
      until: "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'", .int(Int64(pid)))
  }
}

/// Runs `body`, which must throw a `PostgresError`, and returns it.
func failure(_ body: () async throws -> some Any) async throws -> PostgresError {
  do {
    _ = try await body()
  } catch let error as PostgresError {
    return error
  }
  throw Failure("nothing was thrown")
}

/// A number that no other test of this process uses: locks and names are the server's, not the test's.
func uniqueNumber() -> Int64 { Int64.random(in: 1 ... .max) }
