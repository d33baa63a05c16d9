import BulkheadCore
import BulkheadPostgres
import Foundation
import Testing

/// Calls that are given up: by their deadline, by their task, by the server, by closing.
///
/// Two connections meet at an advisory lock: `other` holds it, `connection` hangs in it until something happens.
@Suite struct StopTests {
  private struct Meeting {
    let connection: PostgresConnection
    let other: PostgresConnection
    let lock = uniqueNumber()

    init(on server: PrivateServer? = nil, reactor: PostgresReactor? = nil) async throws {
      connection = try await connect(to: server, on: reactor)
      other = try await connect(to: server)
      try await other.run("SELECT pg_advisory_lock($1)", .int(lock))
    }

    /// A call that hangs until the lock is free.
    func hang(until deadline: ContinuousClock.Instant? = nil) async throws -> Rows {
      try await connection.run("SELECT pg_advisory_lock($1)", .int(lock), deadline: deadline)
    }
  }

  @Test("a deadline that passes cancels the call on the server, and the connection stays usable")
  func deadline() async throws {
    let meeting = try await Meeting()
    let error = try await failure { try await meeting.hang(until: .now + .milliseconds(50)) }
    #expect(error.kind == .timedOut && error.sqlState == "57014")
    try await meeting.other.waitUntilFree(meeting.connection.backendPID)
    #expect(meeting.connection.isUsable && meeting.connection.transactionStatus == .idle)
    #expect(try await meeting.connection.cell("SELECT 'still here'") == "still here")
  }

  @Test("a script is cancelled like a pipeline")
  func scriptDeadline() async throws {
    let meeting = try await Meeting()
    let error = try await failure {
      try await meeting.connection.simple(
        "SELECT pg_advisory_lock(\(meeting.lock))", deadline: .now + .milliseconds(50))
    }
    #expect(error.kind == .timedOut)
    #expect(try await meeting.connection.cell("SELECT 'still here'") == "still here")
  }

  @Test("a deadline in the past sends nothing")
  func passedDeadline() async throws {
    let connection = try await connect()
    let error = try await failure { try await connection.run("CREATE TEMP TABLE t (n int)", deadline: .now) }
    #expect(error.kind == .timedOut)
    #expect(try await connection.cell("SELECT to_regclass('t') IS NULL") == "t")
  }

  @Test("an earlier deadline behind a later one is kept")
  func earlierDeadline() async throws {
    let (late, early) = (try await Meeting(), try await Meeting())
    async let waiting = late.hang(until: soon)
    try await late.other.waitUntilBlocked(late.connection.backendPID)
    #expect(try await failure { try await early.hang(until: .now + .milliseconds(30)) }.kind == .timedOut)
    try await late.other.run("SELECT pg_advisory_unlock($1)", .int(late.lock))
    #expect(try await waiting.count == 1)
  }

  @Test("cancelling the task cancels the call on the server")
  func taskCancelled() async throws {
    let meeting = try await Meeting()
    let task = Task { try await meeting.hang() }
    try await meeting.other.waitUntilBlocked(meeting.connection.backendPID)
    task.cancel()
    let error = try await failure { try await task.value }
    #expect(error.kind == .cancelled && error.sqlState == "57014")
    try await meeting.other.waitUntilFree(meeting.connection.backendPID)
    #expect(try await meeting.connection.cell("SELECT 'still here'") == "still here")
  }

  @Test("a task that is already cancelled sends nothing")
  func cancelledBefore() async throws {
    let connection = try await connect()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await connection.run("CREATE TEMP TABLE t (n int)")
    }
    #expect(try await failure { try await task.value }.kind == .cancelled)
    #expect(try await connection.cell("SELECT to_regclass('t') IS NULL") == "t")
  }

  @Test("cancelling at any moment hits its own call only", arguments: [UInt64.random(in: 0 ... .max)])
  func cancelRace(seed: UInt64) async throws {
    let random = SeededRandom(seed: seed)
    let connection = try await connect()
    var outcomes: Set<String> = []
    for round in 0..<300 {
      // From at once to some milliseconds, cancelled from at once to long after.
      let (size, patience) = (random.next() % 100_000, random.next() % 64)
      let task = Task { try await connection.run("SELECT \(round), count(*) FROM generate_series(1, \(size))") }
      for _ in 0..<patience { await Task.yield() }
      task.cancel()
      do {
        #expect(try await task.value[0].int(0) == Int64(round), "seed \(seed)")
        outcomes.insert("answered")
      } catch let error as PostgresError {
        #expect(error.kind == .cancelled, "seed \(seed)")
        outcomes.insert(error.sqlState ?? "not sent")
      }
      #expect(try await connection.cell("SELECT \(round)") == String(round), "seed \(seed)")
    }
    #expect(outcomes.contains("57014"), "nothing was cancelled on the server: \(outcomes), seed \(seed)")
  }

  @Test("a call whose backend is terminated fails as lost, with the server's reason")
  func terminated() async throws {
    let meeting = try await Meeting()
    let task = Task { try await meeting.hang() }
    try await meeting.other.waitUntilBlocked(meeting.connection.backendPID)
    try await meeting.other.run("SELECT pg_terminate_backend($1)", .int(Int64(meeting.connection.backendPID)))
    let error = try await failure { try await task.value }
    #expect(error.kind == .connectionLost && error.sqlState == "57P01")
    #expect(!meeting.connection.isUsable && meeting.connection.transactionStatus == .unknown)
    #expect(try await failure { try await meeting.hang() }.kind == .connectionLost)
  }

  @Test("an idle connection notices that its backend was terminated")
  func terminatedWhileIdle() async throws {
    let (idle, other) = (try await connect(), try await connect())
    try await other.run("SELECT pg_terminate_backend($1, 10000)", .int(Int64(idle.backendPID)))
    for _ in 0..<20_000 where idle.isUsable { try await other.run("SELECT 1") }
    #expect(!idle.isUsable)
  }

  @Test("a call whose backend is killed fails as lost")
  func killed() async throws {
    let server = try PrivateServer()
    let meeting = try await Meeting(on: server)
    let task = Task { try await meeting.hang() }
    try await meeting.other.waitUntilBlocked(meeting.connection.backendPID)
    kill(meeting.connection.backendPID, SIGKILL)
    #expect(try await failure { try await task.value }.kind == .connectionLost)
  }

  @Test("a server that does not react to the cancel loses the connection after the grace")
  func unreactive() async throws {
    let meeting = try await Meeting(reactor: PostgresReactor(cancelGrace: .milliseconds(100)))
    let pid = meeting.connection.backendPID
    let task = Task { try await meeting.hang() }
    try await meeting.other.waitUntilBlocked(pid)
    kill(pid, SIGSTOP)
    task.cancel()
    let error = try await failure { try await task.value }
    kill(pid, SIGCONT)
    #expect(error.kind == .cancelled && error.sqlState == nil)
    #expect(!meeting.connection.isUsable)
  }

  @Test("closing during a call fails it and frees the backend")
  func closed() async throws {
    let meeting = try await Meeting()
    let task = Task { try await meeting.hang() }
    try await meeting.other.waitUntilBlocked(meeting.connection.backendPID)
    meeting.connection.close()
    meeting.connection.close()
    #expect(try await failure { try await task.value }.kind == .connectionLost)
    try await meeting.other.waitUntilFree(meeting.connection.backendPID)
    #expect(try await failure { try await meeting.hang() }.kind == .connectionLost)
  }

  @Test("stopping the reactor fails the calls under way and refuses new connections")
  func reactorStopped() async throws {
    let own = try PostgresReactor()
    let meeting = try await Meeting(reactor: own)
    let task = Task { try await meeting.hang() }
    try await meeting.other.waitUntilBlocked(meeting.connection.backendPID)
    own.stop()
    #expect(try await failure { try await task.value }.kind == .connectionLost)
    #expect(try await failure { try await connect(on: own) }.kind == .connectFailed)
  }

  @Test("a connection that nobody holds any more is closed")
  func released() async throws {
    let other = try await connect()
    let pid = try await connect().backendPID
    try await other.wait(until: "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $1", .int(Int64(pid)))
  }

  @Test("an answer larger than the bound is refused and the connection closed", arguments: [10_000, 2_000_000_000])
  func tooLarge(rows: Int) async throws {
    let connection = try await connect(PostgresLimits(resultBytesMax: 100_000))
    #expect(try await connection.run("SELECT generate_series(1, 1000)").count == 1000)
    let error = try await failure { try await connection.run("SELECT generate_series(1, \(rows)) FROM pg_class") }
    #expect(error.kind == .resultTooLarge)
    #expect(!connection.isUsable)
    try await connect().waitUntilFree(connection.backendPID)
  }

  @Test("a call may be bounded below what its connection allows, and the next call is not")
  func tooLargeForTheCall() async throws {
    let connection = try await connect()
    let many: [Command] = [.once(text: "SELECT generate_series(1, 1000)", parameters: [])]
    #expect(try await connection.roundTrip(many, deadline: nil, resultBytesMax: 100_000)[0].count == 1000)
    #expect(try await connection.roundTrip(many, deadline: nil)[0].count == 1000)
    let error = try await failure { try await connection.roundTrip(many, deadline: nil, resultBytesMax: 1000) }
    #expect(error.kind == .resultTooLarge)
    #expect(connection.isUsable)
    #expect(try await connection.roundTrip(many, deadline: nil)[0].count == 1000)
  }
}
