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

  package init() {}
}

/// Keeps open connections by home, last used first. It lends to whoever holds a lease; it does not decide who may.
package final class ConnectionPool: Sendable {
  private struct Idle {
    let connection: PostgresConnection
    let openedAt: ContinuousClock.Instant
    let since: ContinuousClock.Instant
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
  private let state = Mutex(State())

  package init(
    limits: PoolLimits = PoolLimits(), reactor: PostgresReactor, cells: CellDirectory,
    credentials: any CellCredentials
  ) {
    self.limits = limits
    self.reactor = reactor
    self.cells = cells
    self.credentials = credentials
  }

  /// A connection on loan, with its birthday.
  package struct Loan: Sendable {
    package let connection: PostgresConnection
    let home: Home
    let openedAt: ContinuousClock.Instant
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
    if let found { return Loan(connection: found.connection, home: home, openedAt: found.openedAt) }
    do {
      let connection = try await open(home)
      return Loan(connection: connection, home: home, openedAt: now)
    } catch {
      state.withLock { $0.lentCount -= 1 }
      throw error
    }
  }

  /// Takes a connection back. It is kept only when it is outside any transaction and young enough.
  package func give(_ loan: Loan) {
    let now = ContinuousClock.now
    let keeps =
      loan.connection.isUsable && loan.connection.transactionStatus == .idle && now - loan.openedAt < limits.ageMax
    let isKept = state.withLock { state in
      state.lentCount -= 1
      guard keeps, !state.isClosed, state.idleCount + state.lentCount < limits.openMax else { return false }
      state.idle[loan.home, default: []].append(Idle(connection: loan.connection, openedAt: loan.openedAt, since: now))
      state.idleCount += 1
      return true
    }
    if !isKept { loan.connection.close() }
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
