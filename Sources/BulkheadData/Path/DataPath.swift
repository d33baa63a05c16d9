import BulkheadCore
import BulkheadGuard
import BulkheadPostgres
import Logging

/// The way of every statement: placement, guard, lease, connection, bind, statement, answer.
///
/// Each transaction is bound to its tenant inside PostgreSQL by a token that only this process can make, for one
/// backend and one minute. `BEGIN`, the bind and the first statement share a round trip.
package final class DataPath: SessionSource {
  package struct Limits: Sendable {
    /// A transaction that takes longer is cancelled on the server.
    package var transactionMax: Duration = .seconds(10)
    /// Runs of one transaction when deadlocks or a refused bind end the earlier ones.
    package var attemptsMax = 4
    /// For tools of the operator's that read much: `transactionMax` is the only clock, not the tenant's policy.
    package var isOperatorsOwn = false

    package init() {}
  }

  let registry: TenantRegistry
  let statementGuard: StatementGuard
  let leases: any LeaseScheduler
  let pool: ConnectionPool
  package let keeper: BindKeyKeeper
  let credentials: any CellCredentials
  let clock: any WallClock
  let limits: Limits
  let logger: Logger

  package init(
    registry: TenantRegistry, statementGuard: StatementGuard, leases: any LeaseScheduler, pool: ConnectionPool,
    credentials: any CellCredentials, clock: any WallClock, limits: Limits = Limits(), logger: Logger
  ) {
    self.registry = registry
    self.statementGuard = statementGuard
    self.leases = leases
    self.pool = pool
    self.keeper = BindKeyKeeper(pool: pool, credentials: credentials)
    self.credentials = credentials
    self.clock = clock
    self.limits = limits
    self.logger = logger
  }

  /// The scoped handle of a verified context.
  package func tenant(_ context: TenantContext) -> Tenant { Tenant(context, source: self) }

  package var leaseUsage: LeaseUsage { leases.usage }
  package var openConnections: Int { pool.openCount }

  package func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    try await attempts(context) { record, deadline in
      let guarded = try queries.map { try self.guarded($0, record.placement, readOnly: true) }
      return try await self.leased(record, deadline: deadline) { connection in
        let clocks = self.clocks(record)
        // The implicit transaction of a round trip takes no SET LOCAL.
        let head = (clocks.isEmpty ? [] : [.begin]) + [self.bindCommand(record.placement, connection)] + clocks
        do {
          let results = try await connection.roundTrip(
            head + guarded + (clocks.isEmpty ? [] : [.commit]), deadline: deadline,
            resultBytesMax: self.resultBytesMax(record))
          return Array(results.dropFirst(head.count).prefix(guarded.count))
        } catch {
          // An open transaction would cost the connection, and with it its neighbours.
          if connection.isUsable, connection.transactionStatus != .idle {
            _ = try? await connection.roundTrip([.rollback], deadline: .now + .seconds(2))
          }
          throw error
        }
      }
    }
  }

  package func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    try await attempts(context) { record, deadline in
      try await self.leased(record, deadline: deadline) { connection in
        let session = BoundSession(path: self, record: record, connection: connection, deadline: deadline)
        do {
          let result = try await body(Transaction(context, session: session))
          try await session.commit()
          return result
        } catch {
          await session.rollBack()
          throw error
        }
      }
    }
  }

  /// Runs `body` until it succeeds, fails for good, or has been tried often enough.
  private func attempts<Result: Sendable>(
    _ context: TenantContext,
    _ body: (TenantRecord, ContinuousClock.Instant) async throws -> Result
  ) async throws -> Result {
    let start = ContinuousClock.now
    var attempt = 1
    while true {
      guard context.expiresAt > clock.now() else {
        throw Refusal(.contextExpired, "The credential has expired.")
      }
      let record = try await record(of: context.tenant)
      do {
        let most = limits.isOperatorsOwn ? limits.transactionMax : record.limits.transactionMax
        return try await body(record, start + min(limits.transactionMax, most))
      } catch let error as PostgresError {
        guard attempt < limits.attemptsMax, try await recovers(from: error, record.placement) else {
          throw DataError(error)
        }
      } catch let error as DataError where error.kind == .retry && attempt < limits.attemptsMax {
        logger.debug("transaction tried again", metadata: ["attempt": "\(attempt)"])
      }
      attempt += 1
    }
  }

  /// What a transaction of the tenant is sent after its bind.
  func clocks(_ record: TenantRecord) -> [Command] {
    limits.isOperatorsOwn
      ? SessionClocks.commands(operatorsOwn: limits.transactionMax) : SessionClocks.commands(record.limits)
  }

  /// Bytes of rows that one round trip of the tenant may bring.
  func resultBytesMax(_ record: TenantRecord) -> Int {
    limits.isOperatorsOwn ? .max : record.limits.resultBytesMax
  }

  /// Whether trying again makes sense, after doing what makes it so.
  private func recovers(from error: PostgresError, _ placement: Placement) async throws -> Bool {
    if error.isBindRefusal {
      registry.forget(placement.tenant)
      try await keeper.seed(cell: placement.cell, database: placement.database)
      return true
    }
    return DataError(error).kind == .retry
  }

  private func record(of tenant: TenantID) async throws -> TenantRecord {
    guard let record = try await registry.tenant(tenant) else {
      throw Refusal(.tenantMissing, "The credential is not valid.", diagnostic: "tenant \(tenant) is not registered")
    }
    return record
  }

  private func leased<Result: Sendable>(
    _ record: TenantRecord, deadline: ContinuousClock.Instant,
    _ body: (PostgresConnection) async throws -> Result
  ) async throws -> Result {
    let lease = try await leases.acquire(record.line, policy: record.limits, deadline: deadline)
    defer { leases.release(lease) }
    return try await pool.borrow(Home(record.placement), for: .proved, body)
  }

  func guarded(_ query: Query, _ placement: Placement, readOnly: Bool) throws -> Command {
    let verdict = try statementGuard.verdict(query.statement, schema: placement.schema)
    guard verdict.parameterCount == query.parameters.count, verdict.isReadOnly || !readOnly else {
      throw Refusal(
        .internalFault, "An internal error occurred.",
        diagnostic: "parameters or mode do not fit: \(query.statement.text)")
    }
    guard verdict.tenantParameter != nil else { return .prepared(text: verdict.text, parameters: query.parameters) }
    return .prepared(text: verdict.text, parameters: query.parameters + [.id(placement.tenant.id)])
  }

  func bindCommand(_ placement: Placement, _ connection: PostgresConnection) -> Command {
    let token = credentials.minter(forCell: placement.cell).bindToken(
      tenant: placement.tenant, epoch: placement.epoch, backendPID: connection.backendPID, now: clock.now())
    return .prepared(text: "SELECT bulkhead.bind($1)", parameters: [.text(token)])
  }

  /// Regular upkeep: ends waits that took too long, closes idle connections. Ends with its task.
  package func run() async {
    while !Task.isCancelled {
      let now = ContinuousClock.now
      leases.expire(now: now)
      pool.closeIdle(now: now)
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}
