import BulkheadCore
import BulkheadGuard
import BulkheadKeys
import BulkheadPostgres
import Foundation

/// What single statements cost, by the CPU time of the one backend that runs them: bound and guarded as the product
/// sends them, bind and statement in one round trip, against written by hand where no row security applies.
struct StatementFigures {
  struct Line {
    let subject: StatementCase
    /// Microseconds of one round trip, in the best round: what else runs on the machine only ever adds.
    let handWritten: Double
    let guarded: Double
    /// The hand-written plan has no sequential scan and the guarded one does.
    let fallsToSequentialScan: Bool

    var ratio: Double { guarded / handWritten }
    var difference: Double { guarded - handWritten }

    var isWithinAim: Bool? {
      switch subject.aim {
      case .microseconds(let most): difference <= most
      case .ratio(let most): ratio <= most
      case .none: nil
      }
    }
  }

  let lines: [Line]
  /// Microseconds of `bulkhead.bind` alone in a round trip, less those of the cheapest statement there is.
  let bind: Double

  private static let rounds = 40
  private static let batch = 150

  static func measure(_ system: SystemUnderTest) async throws -> StatementFigures {
    let administrator = try await system.database.connect(as: BenchDatabase.administrator)
    let pooled = try await system.database.connect(as: BenchDatabase.pooledRole)
    defer {
      administrator.close()
      pooled.close()
    }
    try await BenchTables.make(administrator)
    let run = StatementRun(administrator: administrator, pooled: pooled, master: system.database.master)
    var lines: [Line] = []
    for subject in StatementCase.all { lines.append(try await line(subject, run)) }
    return StatementFigures(lines: lines, bind: try await bind(run))
  }

  private static func line(_ subject: StatementCase, _ run: StatementRun) async throws -> Line {
    let plans = try await run.plans(subject)
    var hand: [Double] = []
    var guarded: [Double] = []
    // Round 0 prepares, and settles on a plan: PostgreSQL plans the first five runs anew.
    for round in 0...rounds {
      let isGuardedFirst = round.isMultiple(of: 2)
      var pair = (hand: 0.0, guarded: 0.0)
      for isGuarded in [isGuardedFirst, !isGuardedFirst] {
        let cost = try await run.cost(subject, isGuarded: isGuarded, count: batch)
        if isGuarded { pair.guarded = cost } else { pair.hand = cost }
      }
      guard round > 0 else { continue }
      hand.append(pair.hand)
      guarded.append(pair.guarded)
    }
    return Line(
      subject: subject, handWritten: Series(hand).least, guarded: Series(guarded).least,
      fallsToSequentialScan: plans.guarded.contains("Seq Scan") && !plans.hand.contains("Seq Scan"))
  }

  private static func bind(_ run: StatementRun) async throws -> Double {
    var nothing: [Double] = []
    var binds: [Double] = []
    for round in 0...rounds {
      let cost = try await run.costOfBind(count: batch)
      guard round > 0 else { continue }
      nothing.append(cost.nothing)
      binds.append(cost.bind)
    }
    return Series(binds).least - Series(nothing).least
  }
}

/// Sends the statements and reads the backends' clocks.
struct StatementRun {
  let administrator: PostgresConnection
  let pooled: PostgresConnection
  private let keys: BindKeys
  private let wall = StatementGuard(catalog: GuardCatalog(tables: ["bench_order": .tenant, "bench_line": .tenant]))
  private let ambient = Ambient()

  init(administrator: PostgresConnection, pooled: PostgresConnection, master: MasterKey) {
    self.administrator = administrator
    self.pooled = pooled
    keys = BindKeys(master: master, cell: BenchDatabase.cell)
  }

  private func bindCommand(_ tenant: EntityID) -> Command {
    let token = keys.bindToken(
      tenant: TenantID(tenant), epoch: 1, backendPID: pooled.backendPID, now: ambient.now)
    return .prepared(text: "SELECT bulkhead.bind($1)", parameters: [.text(token)])
  }

  /// Microseconds of the backend's CPU for one of `count` round trips, each for a tenant by lot.
  func cost(_ subject: StatementCase, isGuarded: Bool, count: Int) async throws -> Double {
    var random = SystemRandomNumberGenerator()
    let verdict = try wall.verdict(subject.statement, schema: "bench")
    let connection = isGuarded ? pooled : administrator
    let text = isGuarded ? verdict.text : subject.handWritten
    let isTenantSent = !isGuarded || verdict.tenantParameter != nil
    let start = try BackendClock.microseconds(connection.backendPID)
    for _ in 0..<count {
      let tenant = BenchTables.tenant(Int.random(in: 1...BenchTables.tenants, using: &random))
      let own = subject.parameters(&random, newID: ambient.makeID())
      var commands: [Command] = isGuarded ? [bindCommand(tenant)] : []
      commands.append(.prepared(text: text, parameters: isTenantSent ? own + [.id(tenant)] : own))
      if subject.writes {
        commands = [.prepared(text: "BEGIN", parameters: [])] + commands + [.prepared(text: "COMMIT", parameters: [])]
      }
      let rows = try await connection.roundTrip(commands, deadline: nil)
      guard subject.writes || rows.last?.isEmpty == false else { throw BenchFailure("\(subject.name) found nothing") }
    }
    return (try BackendClock.microseconds(connection.backendPID) - start) / Double(count)
  }

  /// Microseconds of a statement that does nothing, and of the bind.
  func costOfBind(count: Int) async throws -> (nothing: Double, bind: Double) {
    var costs: [Double] = []
    for isBind in [false, true] {
      let start = try BackendClock.microseconds(pooled.backendPID)
      for number in 0..<count {
        let tenant = BenchTables.tenant(1 + number % BenchTables.tenants)
        let command = isBind ? bindCommand(tenant) : .prepared(text: "SELECT $1::text", parameters: [.text("x")])
        _ = try await pooled.roundTrip([command], deadline: nil)
      }
      costs.append((try BackendClock.microseconds(pooled.backendPID) - start) / Double(count))
    }
    return (costs[0], costs[1])
  }

  /// Both plans with the values of one tenant, as the backends that run them plan them.
  func plans(_ subject: StatementCase) async throws -> (hand: String, guarded: String) {
    var random = SystemRandomNumberGenerator()
    let verdict = try wall.verdict(subject.statement, schema: "bench")
    let tenant = BenchTables.tenant(1)
    let own = subject.parameters(&random, newID: ambient.makeID())
    let hand = try await administrator.roundTrip(
      [.once(text: "EXPLAIN (COSTS OFF) \(subject.handWritten)", parameters: own + [.id(tenant)])], deadline: nil)
    let values = verdict.tenantParameter == nil ? own : own + [.id(tenant)]
    let guarded = try await pooled.roundTrip(
      [bindCommand(tenant), .once(text: "EXPLAIN (COSTS OFF) \(verdict.text)", parameters: values)], deadline: nil)
    func text(_ rows: Rows?) throws -> String { try (rows ?? hand[0]).map { try $0.text(0) }.joined(separator: "\n") }
    return (try text(hand.first), try text(guarded.last))
  }
}

/// CPU time of one process, from `/proc/<pid>/schedstat` (nanoseconds, the kernel's documentation of sched-stats): the
/// ticks of `/proc/<pid>/stat` are 10 ms.
enum BackendClock {
  static func microseconds(_ pid: Int32) throws -> Double {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/schedstat", encoding: .utf8),
      let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) })
    else { throw BenchFailure("/proc/\(pid)/schedstat cannot be read") }
    return nanoseconds / 1000
  }
}
