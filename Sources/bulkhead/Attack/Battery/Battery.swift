import BulkheadCore
import BulkheadData
import BulkheadPostgres
import Synchronization

/// How one attack in one tier ended.
enum Verdict: String, Sendable, CaseIterable {
  /// It did not get through, and its control did.
  case held
  /// It got through.
  case breach
  /// It did not get through, and its control did not either.
  case provesNothing = "proves nothing"
  /// It could not be made.
  case broken
  /// It did not get through; controls were not asked for.
  case unproven = "held, without control"
}

/// One attack in one tier, with what was seen on both fields.
struct AttackRun: Sendable {
  let attack: AttackFacts
  /// nil for attacks on a running system, whose tier is not known.
  let tier: Tier?
  let verdict: Verdict
  /// What was seen on the field under test.
  let evidence: String
  /// What was seen with the wall taken away.
  let control: String
  let seconds: Double

  var tierName: String { tier?.rawValue ?? "live" }
  var isGood: Bool { verdict == .held || verdict == .unproven }
}

/// Makes attacks on two private deployments: one under test, which nothing is taken away from, and one for controls.
struct Battery: Sendable {
  let attacks: [any Attack]
  let tiers: [Tier]
  let hasControls: Bool

  /// What one side of one attack brought.
  private enum Side: Sendable {
    case outcome(Outcome, Double)
    case failure(String, Double)
  }

  private struct Item: Sendable {
    let index: Int
    let attack: any Attack
    let tier: Tier
  }

  /// Attacks times tiers.
  var count: Int { items.count }

  private var items: [Item] {
    // Tier by tier; attacks that spoil their tenants come last, so that others need no new ones.
    let ordered = attacks.filter { !$0.wall.spoils } + attacks.filter(\.wall.spoils)
    let pairs = tiers.flatMap { tier in ordered.filter { $0.tiers.contains(tier) }.map { ($0, tier) } }
    return pairs.enumerated().map { Item(index: $0, attack: $1.0, tier: $1.1) }
  }

  /// Runs everything. The two fields work side by side and each attacks one after another, so no attack meets a wall
  /// that another one's control has taken away.
  func run(progress: @escaping @Sendable (_ done: Int, _ total: Int, _ what: String) -> Void) async throws
    -> [AttackRun]
  {
    let items = items
    let total = items.count * (hasControls ? 2 : 1)
    let done = Mutex(0)
    let tick: @Sendable (Item) -> Void = { item in
      let now = done.withLock { count in
        count += 1
        return count
      }
      progress(now, total, item.attack.id)
    }
    async let proofs = Self.lane("proof", items, isControl: false, tick)
    let controls = hasControls ? try await Self.lane("control", items, isControl: true, tick) : [:]
    let fought = try await proofs
    return items.map { item in
      Self.judge(item, fought[item.index], hasControls ? controls[item.index] : nil, hasControls: hasControls)
    }
  }

  private static func lane(
    _ name: String, _ items: [Item], isControl: Bool, _ tick: @Sendable (Item) -> Void
  ) async throws -> [Int: Side] {
    let deployment = try await Deployment.start(name)
    do {
      var sides: [Int: Side] = [:]
      for item in items {
        try Task.checkCancellation()
        sides[item.index] = await fight(item, on: deployment, isControl: isControl)
        tick(item)
      }
      await deployment.stop()
      return sides
    } catch {
      await deployment.stop()
      throw error
    }
  }

  private static func fight(_ item: Item, on deployment: Deployment, isControl: Bool) async -> Side {
    let start = ContinuousClock.now
    func seconds() -> Double { Double((ContinuousClock.now - start).microseconds) / 1_000_000 }
    do {
      let without = isControl ? item.attack.wall.without : Without()
      let field = try await deployment.battlefield(item.tier, without: without, isControl: isControl)
      let outcome =
        isControl ? try await withoutWall(item.attack, field) : try await item.attack.run(field)
      return .outcome(outcome, seconds())
    } catch {
      return .failure(describe(error), seconds())
    }
  }

  /// The wall is put back whatever happens.
  private static func withoutWall(_ attack: any Attack, _ field: Battlefield) async throws -> Outcome {
    let outcome: Result<Outcome, any Error>
    do {
      try await attack.wall.down(field)
      outcome = .success(try await attack.run(field))
    } catch {
      outcome = .failure(error)
    }
    try await attack.wall.up(field)
    if attack.wall.spoils { await field.deployment.renew(field.tier) }
    return try outcome.get()
  }

  private static func describe(_ error: any Error) -> String {
    switch error {
    case let error as PostgresError: error.debugDescription
    case let error as DataError: error.debugDescription
    case let error as Refusal: error.debugDescription
    default: "\(error)"
    }
  }

  private static func judge(_ item: Item, _ proof: Side?, _ control: Side?, hasControls: Bool) -> AttackRun {
    var verdict = Verdict.held
    var evidence = ""
    var seen = ""
    var seconds = 0.0
    switch proof {
    case .outcome(let outcome, let took):
      evidence = outcome.evidence
      seconds += took
      if outcome.isBreach { verdict = .breach }
    case .failure(let why, let took):
      evidence = "could not be made: \(why)"
      seconds += took
      verdict = .broken
    case nil: verdict = .broken
    }
    switch control {
    case .outcome(let outcome, let took):
      seen = outcome.evidence
      seconds += took
      if !outcome.isBreach, verdict == .held { verdict = .provesNothing }
    case .failure(let why, let took):
      seen = "could not be made: \(why)"
      seconds += took
      if verdict == .held { verdict = .provesNothing }
    case nil:
      if verdict == .held { verdict = .unproven }
    }
    return AttackRun(
      attack: item.attack.facts, tier: item.tier, verdict: verdict, evidence: evidence, control: seen, seconds: seconds)
  }
}
