import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Logging
import Testing

@testable import bulkhead

/// What one borrower of a connection may leave for the next.
@Suite("A connection comes back empty or not at all", .serialized)
struct SessionHygieneTests {
  /// Everything that a session can hold beyond a transaction. The database lets the pool's role make temporary tables
  /// and take locks, which ours do not.
  static let plants: [(name: String, sql: String)] = [
    ("prepared statement", "PREPARE planted AS SELECT 666"),
    ("prepared statement", "PREPARE bh1 AS SELECT 666"),
    ("temporary object", "CREATE TEMP TABLE product (id int)"),
    ("cursor", "DECLARE planted CURSOR WITH HOLD FOR SELECT 666"),
    ("setting", "SET statement_timeout = '1h'"),
    ("setting search_path", "SET search_path = pg_temp"),
    ("role", "SET ROLE bulkhead_placement"),
    ("advisory lock", "SELECT pg_advisory_lock(666)"),
    ("channel", "LISTEN planted"),
  ]

  private struct Bench {
    let pool: ConnectionPool
    let home: Home

    /// Sends `sql` on a loan of its own and answers which backend took it.
    func plant(_ sql: String, _ use: ConnectionPool.Use) async throws -> Int32 {
      try await pool.borrow(home, for: use) { connection in
        _ = try await connection.roundTrip([.once(text: sql, parameters: [])], deadline: .now + .seconds(10))
        return connection.backendPID
      }
    }

    /// The backend of the next loan and what its session holds.
    func next() async throws -> (pid: Int32, residue: [String]) {
      try await pool.borrow(home, for: .proved) { connection in
        (connection.backendPID, try await SessionCleaning.residue(connection))
      }
    }
  }

  private static func bench(
    _ name: String, _ limits: (inout PoolLimits) -> Void = { _ in }, _ body: (Bench) async throws -> Void
  ) async throws {
    try await Throwaway.database(name) { connection, _ in
      try await connection.sql(
        """
        GRANT CONNECT, TEMP ON DATABASE \(name) TO bulkhead_pool;
        GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint) TO bulkhead_pool;
        """)
      let cluster = try await TestCluster.shared.cluster()
      let cells = CellDirectory()
      cells.set(cluster.cells.main.address, for: cluster.cells.main.cell)
      var bounds = PoolLimits()
      limits(&bounds)
      let pool = ConnectionPool(
        limits: bounds, reactor: cluster.reactor, cells: cells, credentials: cluster.credentials, logger: .test)
      defer { pool.close() }
      try await body(
        Bench(
          pool: pool,
          home: Home(cell: cluster.cells.main.cell, database: name, role: Installation.pooledRole)))
    }
  }

  @Test("after any statement may have been sent, the session is emptied and serves on")
  func emptied() async throws {
    try await Self.bench("wall_emptied") { bench in
      for plant in Self.plants {
        let pid = try await bench.plant(plant.sql, .unproved)
        let next = try await bench.next()
        #expect(next.pid == pid && next.residue.isEmpty, "\(plant.sql): \(next.residue)")
      }
    }
  }

  @Test("without the emptying, everything planted waits for the next borrower")
  func left() async throws {
    for (index, plant) in Self.plants.enumerated() {
      try await Self.bench("wall_left_\(index)", { $0.discards = false }) { bench in
        let pid = try await bench.plant(plant.sql, .unproved)
        let next = try await bench.next()
        let isLeft = next.residue.contains { $0.hasPrefix(plant.name) }
        #expect(next.pid == pid && isLeft, "\(plant.sql): \(next.residue)")
      }
    }
  }

  @Test("a borrower that breaks its word is found out by the check of emptiness, and the connection closed")
  func verified() async throws {
    try await Self.bench("wall_verified", { $0.verifiesEmptiness = true }) { bench in
      for plant in Self.plants {
        let pid = try await bench.plant(plant.sql, .proved)
        let next = try await bench.next()
        #expect(next.pid != pid && next.residue.isEmpty, "\(plant.sql): \(next.residue)")
      }
      let clean = try await bench.next().pid
      #expect(try await bench.next().pid == clean, "a clean one is kept")
    }
  }

  /// The answer of the client's own statement after somebody put another one under its name.
  private static func planted(_ name: String, discards: Bool) async throws -> String {
    var answer = ""
    try await bench(name, { $0.discards = discards }) { bench in
      let ask: @Sendable (PostgresConnection) async throws -> String = { connection in
        try await connection.roundTrip(
          [.prepared(text: "SELECT 'ours'", parameters: [])], deadline: .now + .seconds(10))[0][0].text(0)
      }
      _ = try await bench.pool.borrow(bench.home, for: .proved, ask)
      for sql in ["DEALLOCATE bh1", "PREPARE bh1 AS SELECT 'planted'"] { _ = try await bench.plant(sql, .unproved) }
      answer = try await bench.pool.borrow(bench.home, for: .proved, ask)
    }
    return answer
  }

  @Test("a statement planted under the client's own name is not run as the client's")
  func plantedStatement() async throws {
    #expect(try await Self.planted("wall_planted", discards: true) == "ours")
    #expect(try await Self.planted("wall_planted_left", discards: false) == "planted", "the control")
  }

  @Test("scripts, cut calls and a number of loans empty the session, whatever the borrower says")
  func suspicion() async throws {
    try await Self.bench("wall_suspicion", { $0.loansPerDiscard = 3 }) { bench in
      let pid = try await bench.pool.borrow(bench.home, for: .proved) { connection in
        try await connection.sql("SET lock_timeout = '1ms'")
        return connection.backendPID
      }
      var next = try await bench.next()
      #expect(next.pid == pid && next.residue.isEmpty, "a script: \(next.residue)")
      // The third loan of this connection.
      #expect(try await bench.plant("SET lock_timeout = '1ms'", .proved) == pid)
      next = try await bench.next()
      #expect(next.pid == pid && next.residue.isEmpty, "the third loan: \(next.residue)")
      #expect(try await bench.plant("SET lock_timeout = '1ms'", .proved) == pid)
      let cut = try? await bench.pool.borrow(bench.home, for: .proved) { connection in
        try await connection.roundTrip(
          [.once(text: "SELECT pg_advisory_lock(1), count(*) FROM generate_series(1, 1000000000)", parameters: [])],
          deadline: .now + .milliseconds(50))
      }
      #expect(cut == nil)
      next = try await bench.next()
      #expect(next.residue.isEmpty, "a cut call: \(next.residue)")
    }
  }

  @Test("a connection inside a transaction, or in a call, is not kept")
  func open() async throws {
    try await Self.bench("wall_open") { bench in
      let pid = try await bench.plant("BEGIN", .proved)
      #expect(try await bench.next().pid != pid)
    }
  }

  @Test("a setting that makes parser and server read a text differently closes the connection at once")
  func pins() async throws {
    try await Self.bench("wall_pins") { bench in
      for sql in [
        "SET standard_conforming_strings = off", "SET client_encoding = 'LATIN1'", "SET timezone = 'Asia/Tokyo'",
        "SET datestyle = 'German'",
      ] {
        let loan = try await bench.pool.take(bench.home)
        await #expect(throws: PostgresError.self, "\(sql)") {
          try await loan.connection.roundTrip([.once(text: sql, parameters: [])], deadline: .now + .seconds(10))
        }
        #expect(!loan.connection.isUsable, "\(sql)")
        await bench.pool.give(loan, after: .proved)
        #expect(try await bench.next().pid != loan.connection.backendPID)
      }
      // The control: a connection that is pinned to nothing goes on.
      try await TestSystem.run { system in
        let raw = try await system.raw()
        defer { raw.close() }
        try await raw.sql("SET standard_conforming_strings = off")
        #expect(try await raw.sql("SHOW standard_conforming_strings").texts == ["off"])
      }
    }
  }

  @Test("a login that is more than its role must be is not lent")
  func superuser() async throws {
    let cluster = try await TestCluster.shared.cluster()
    let conninfo = try await cluster.cells.main.connected { connection in
      try await connection.sql(
        """
        DROP ROLE IF EXISTS wall_mighty; CREATE ROLE wall_mighty LOGIN SUPERUSER PASSWORD
        '\(cluster.credentials.password(ofRole: "wall_mighty").withValue { $0 })'
        """)
      return cluster.cells.main.address
    }
    let cells = CellDirectory()
    cells.set(conninfo, for: "main")
    let pool = ConnectionPool(
      reactor: cluster.reactor, cells: cells, credentials: cluster.credentials, logger: .test)
    let error = await #expect(throws: PostgresError.self) {
      _ = try await pool.take(Home(cell: "main", database: "postgres", role: "wall_mighty"))
    }
    #expect(error?.message?.contains("is_superuser") == true)
    try await cluster.cells.main.connected { connection in _ = try await connection.sql("DROP ROLE wall_mighty") }
  }
}

/// A handle that outlives its loan.
@Suite("A loan ends for everybody who holds it", .serialized)
struct LoanTests {
  private static func afterwards(numbersLoans: Bool) async throws -> (pid: Int32, error: PostgresError?) {
    let cluster = try await TestCluster.shared.cluster()
    let cells = CellDirectory()
    cells.set(cluster.cells.main.address, for: cluster.cells.main.cell)
    var limits = PoolLimits()
    limits.numbersLoans = numbersLoans
    let pool = ConnectionPool(
      limits: limits, reactor: cluster.reactor, cells: cells, credentials: cluster.credentials, logger: .test)
    defer { pool.close() }
    let home = Home(
      cell: cluster.cells.main.cell, database: Installation.cellDatabase, role: Installation.pooledRole)
    let first = try await pool.take(home)
    await pool.give(first, after: .proved)
    let second = try await pool.take(home)
    #expect(first.connection.backendPID == second.connection.backendPID, "one connection, two borrowers")
    _ = try await second.connection.roundTrip([.once(text: "BEGIN", parameters: [])], deadline: nil)
    var refusal: PostgresError?
    do throws(PostgresError) {
      _ = try await first.connection.roundTrip([.once(text: "SELECT 1", parameters: [])], deadline: nil)
    } catch {
      refusal = error
    }
    if numbersLoans {
      #expect(!first.connection.isUsable && first.connection.transactionStatus == .unknown)
      first.connection.close()
      #expect(second.connection.isUsable && second.connection.transactionStatus == .inTransaction)
    }
    await pool.give(second, after: .proved)
    return (second.connection.backendPID, refusal)
  }

  @Test("whoever kept a handle sends nothing into the next borrower's transaction")
  func numbered() async throws {
    #expect(try await Self.afterwards(numbersLoans: true).error?.kind == .loanEnded)
    #expect(try await Self.afterwards(numbersLoans: false).error == nil, "the control: it goes through")
  }

  @Test("a child task that outlives its closure is refused, and the tenant that has the connection now is untouched")
  func childTask() async throws {
    try await TestSystem.run { system in
      let a = try await system.tenant(.pooled)
      let scoped = try await system.platform.operatorTenant(a.record, reason: "test")
      let (kept, keep) = AsyncStream.makeStream(of: Transaction.self)
      try await scoped.transaction { transaction in
        try await transaction.run("SELECT id FROM product")
        keep.yield(transaction)
        keep.finish()
      }
      for await transaction in kept {
        await #expect(throws: Refusal.self) { try await transaction.run("SELECT id FROM product") }
        #expect(throws: Refusal.self) { try transaction.enqueue(Query("SELECT id FROM product")) }
      }
    }
  }
}
