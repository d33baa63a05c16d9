import BulkheadCore
import BulkheadPostgres
import Logging
import Synchronization

/// Bounds of the connection pool.
package struct PoolLimits: Sendable {
  /// Open connections of all homes together, idle ones included.
  package var openMax = 64
  /// An idle connection is closed after this long.
  package var idleMax: Duration = .seconds(60)
  /// A connection is not lent again when it is older than this.
  package var ageMax: Duration = .seconds(3600)
  package var connectMax: Duration = .seconds(5)
  /// A connection is emptied with `DISCARD ALL` after so many loans at the latest.
  package var loansPerDiscard = 1_000
  /// Whether every connection that comes back is asked what its session holds, and closed unless that is nothing. It
  /// costs a round trip for each loan: for tests, attacks and the search for a fault.
  package var verifiesEmptiness = false
  /// Whether a handle is refused once its loan is over. Off only to show what then goes through.
  package var numbersLoans = true
  /// Whether connections are emptied at all. Off only to show what is then left behind.
  package var discards = true

  package init() {}
}

/// Keeps open connections by home, last used first. It lends to whoever holds a lease; it does not decide who may.
///
/// A connection comes back empty or is closed. What proves it empty: the server says that no transaction is open, no
/// call is under way, the reported settings are the pinned ones (the wire closes it otherwise), and only statements
/// that can leave nothing were sent, the guard's or fixed ones of ours. Where the last cannot be said (any statement
/// may have been sent, a call was cut short, the server faulted), and from time to time anyway, `DISCARD ALL` empties
/// it and the client forgets its prepared statements with it.
package final class ConnectionPool: Sendable {
  private struct Idle {
    let connection: PostgresConnection
    let openedAt: ContinuousClock.Instant
    let since: ContinuousClock.Instant
    let loans: Int
  }

  private struct State {
    var idle: [Home: [Idle]] = [:]
    var idleCount = 0
    var lentCount = 0
    var isClosed = false
  }

  private let limits: PoolLimits
  private let reactor: PostgresReactor
  private let credentials: any CellCredentials
  private let cells: CellDirectory
  private let logger: Logger
  private let state = Mutex(State())

  package init(
    limits: PoolLimits = PoolLimits(), reactor: PostgresReactor, cells: CellDirectory,
    credentials: any CellCredentials, logger: Logger = Logger(label: "bulkhead.pool")
  ) {
    self.limits = limits
    self.logger = logger
    self.reactor = reactor
    self.cells = cells
    self.credentials = credentials
  }

  /// A connection on loan. The handle is worthless once it is given back.
  package struct Loan: Sendable {
    package let connection: PostgresConnection
    fileprivate let owner: PostgresConnection
    fileprivate let home: Home
    fileprivate let openedAt: ContinuousClock.Instant
    /// This one included.
    fileprivate let loans: Int
  }

  /// What a borrower may have sent.
  package enum Use: Sendable {
    /// Statements that can leave nothing in a session: the guard's, or fixed ones of ours.
    case proved
    /// Any statement.
    case unproved
  }

  package var openCount: Int { state.withLock { $0.idleCount + $0.lentCount } }

  /// An open, idle connection of `home`; a new one when none waits.
  package func take(_ home: Home) async throws -> Loan {
    let now = ContinuousClock.now
    let (found, evicted) = state.withLock { state -> (Idle?, PostgresConnection?) in
      state.lentCount += 1
      while let idle = state.idle[home]?.popLast() {
        state.idleCount -= 1
        if idle.connection.isUsable { return (idle, nil) }
      }
      let isFull = state.idleCount + state.lentCount > limits.openMax
      return (nil, isFull ? evictOldest(&state) : nil)
    }
    evicted?.close()
    if let found { return lend(found.connection, home, openedAt: found.openedAt, loans: found.loans + 1) }
    do {
      return lend(try await open(home), home, openedAt: now, loans: 1)
    } catch {
      state.withLock { $0.lentCount -= 1 }
      throw error
    }
  }

  private func lend(
    _ owner: PostgresConnection, _ home: Home, openedAt: ContinuousClock.Instant, loans: Int
  ) -> Loan {
    Loan(
      connection: limits.numbersLoans ? owner.lend() : owner, owner: owner, home: home, openedAt: openedAt,
      loans: loans)
  }

  /// Takes a connection back. It is kept only when it is empty and young enough.
  package func give(_ loan: Loan, after use: Use) async {
    // From here on nobody but the pool can send: what is found now stays so.
    loan.owner.recall()
    let keeps = await isEmpty(loan, after: use)
    let now = ContinuousClock.now
    let isKept = state.withLock { state in
      state.lentCount -= 1
      guard keeps, now - loan.openedAt < limits.ageMax, !state.isClosed,
        state.idleCount + state.lentCount < limits.openMax
      else { return false }
      state.idle[loan.home, default: []].append(
        Idle(connection: loan.owner, openedAt: loan.openedAt, since: now, loans: loan.loans))
      state.idleCount += 1
      return true
    }
    if !isKept { loan.owner.close() }
  }

  /// Lends a connection of `home` to `body`.
  package func borrow<Result>(
    _ home: Home, for use: Use, _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let loan = try await take(home)
    do {
      let result = try await body(loan.connection)
      await give(loan, after: use)
      return result
    } catch {
      await give(loan, after: use)
      throw error
    }
  }

  private func isEmpty(_ loan: Loan, after use: Use) async -> Bool {
    let connection = loan.owner
    guard connection.isUsable, connection.transactionStatus == .idle else { return false }
    let discards = use == .unproved || connection.mayHoldState || loan.loans % limits.loansPerDiscard == 0
    if discards, limits.discards {
      do {
        try await SessionCleaning.discard(connection)
      } catch {
        return false
      }
    }
    guard limits.verifiesEmptiness else { return true }
    do {
      let residue = try await SessionCleaning.residue(connection)
      guard !residue.isEmpty else { return true }
      logger.error(
        "a session was not empty when its connection came back; it is closed",
        metadata: ["role": "\(loan.home.role)", "left": "\(residue.joined(separator: "; "))"])
    } catch {
      logger.warning("a session could not be looked into", metadata: ["error": "\(String(reflecting: error))"])
    }
    return false
  }

  private func open(_ home: Home) async throws -> PostgresConnection {
    let address = try cells.address(of: home.cell)
    let password = credentials.password(ofRole: home.role)
    return try await password.withValue { password in
      SessionSettings.parameters(address: address, database: home.database, role: home.role, password: password)
    }.connect(reactor: reactor, deadline: .now + limits.connectMax)
  }

  private func evictOldest(_ state: inout State) -> PostgresConnection? {
    let oldest = state.idle.compactMap { home, idle in idle.first.map { (home, $0.since) } }.min { $0.1 < $1.1 }
    guard let home = oldest?.0, let idle = state.idle[home]?.removeFirst() else { return nil }
    state.idleCount -= 1
    return idle.connection
  }

  /// Closes what has been idle for too long. Called regularly by the data path.
  package func closeIdle(now: ContinuousClock.Instant) {
    let late = state.withLock { state -> [PostgresConnection] in
      var late: [PostgresConnection] = []
      for (home, idle) in state.idle {
        let kept = idle.filter { $0.connection.isUsable && now - $0.since < limits.idleMax }
        guard kept.count < idle.count else { continue }
        late += idle.filter { !$0.connection.isUsable || now - $0.since >= limits.idleMax }.map(\.connection)
        state.idle[home] = kept.isEmpty ? nil : kept
      }
      state.idleCount -= late.count
      return late
    }
    for connection in late { connection.close() }
  }

  /// Closes every idle connection; lent ones are closed when they come back.
  package func close() {
    let open = state.withLock { state -> [PostgresConnection] in
      state.isClosed = true
      let open = state.idle.values.flatMap { $0.map(\.connection) }
      state.idle = [:]
      state.idleCount = 0
      return open
    }
    for connection in open { connection.close() }
  }
}
