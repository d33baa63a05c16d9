import BulkheadCore
import BulkheadData
import Foundation
import Synchronization
import Testing

@testable import bulkhead

/// BULKHEAD_CHAIN_PLAYS says how many; BULKHEAD_CHAIN_SEED plays one again.
@Suite("Whatever four workers of two companies do at once", .serialized)
struct ChainTests {
  private static let variables = ProcessInfo.processInfo.environment
  private static let plays = variables["BULKHEAD_CHAIN_PLAYS"].flatMap(UInt64.init) ?? 1000
  private static let seeds: [UInt64] =
    if let one = variables["BULKHEAD_CHAIN_SEED"].flatMap(UInt64.init) { [one] } else { Array(1...plays) }

  /// Most plays are in shared tables, where the companies' rows lie side by side; some in the other tiers.
  private static func tier(_ seed: UInt64) -> Tier {
    switch seed % 200 {
    case 50: .schema
    case 150: .dedicated
    default: .pooled
    }
  }

  private final class Outcome: Sendable {
    let failures = Mutex<[(seed: UInt64, findings: [String])]>([])
    let done = Mutex<Set<Act.Kind>>([])
  }

  @Test("their books stay whole, and every request is done or refused with a reason")
  func wholeBooks() async throws {
    try await TestSystem.run { system in
      let outcome = Outcome()
      let start = ContinuousClock.now
      try await concurrently(Self.seeds, width: 8) { seed in
        guard outcome.failures.withLock({ $0.count }) < 3 else { return }
        let (findings, done) = try await Trial(system: system, tier: Self.tier(seed)).run(Play(seed: seed))
        outcome.done.withLock { $0.formUnion(done) }
        if !findings.isEmpty { outcome.failures.withLock { $0.append((seed, findings)) } }
        if seed.isMultiple(of: 100) { print("\(seed) plays, \((ContinuousClock.now - start).components.seconds) s") }
      }
      for (seed, findings) in outcome.failures.withLock({ $0 }) {
        let trial = Trial(system: system, tier: Self.tier(seed))
        let shortest = try await trial.shortest(Play(seed: seed))
        Issue.record(Comment(rawValue: Self.report(seed, findings, shortest)))
      }
      if Self.seeds.count >= 100 {
        let never = Set(Act.Kind.allCases).subtracting(outcome.done.withLock { $0 })
        #expect(never.isEmpty, "never done: \(never.map(\.rawValue).sorted())")
      }
    }
  }

  private static func report(_ seed: UInt64, _ findings: [String], _ shortest: Play) -> String {
    """
    seed \(seed): \(findings.prefix(5).joined(separator: "\n"))
    the way there, in \(shortest.acts.count) acts:
    \(shortest.acts.map(\.description).joined(separator: "\n"))
    again: BULKHEAD_CHAIN_SEED=\(seed) scripts/test ChainTests
    """
  }

  @Test("the wall removed: when reservations are not held against the stock, it shows, and a few acts are named")
  func sabotaged() async throws {
    try await TestSystem.run { system in
      let trial = Trial(system: system, tier: .pooled)
      try await Self.holding(system, false)
      let play = try #require(try await Self.telling(trial), "none of the plays shows anything")
      let shortest = try await trial.shortest(play, trialsMax: 24)
      #expect(shortest.acts.count < play.acts.count / 2, "\(shortest.acts)")
      try await Self.holding(system, true)
    }
  }

  /// The first play that shows something each time: what one shows by chance cannot be shrunk.
  private static func telling(_ trial: Trial) async throws -> Play? {
    for seed in UInt64(1)...20 {
      let play = Play(seed: seed)
      let first = try await trial.findings(play)
      guard !first.isEmpty, try await !trial.findings(play).isEmpty else { continue }
      return play
    }
    return nil
  }

  /// Whether stock follows what becomes of its reservations, in the shared tables.
  private static func holding(_ system: TestSystem, _ isOn: Bool) async throws {
    let place = try await system.tenant(.pooled).record.placement
    _ = try await system.platform.cluster.cells.admin(of: place.cell).connected(to: place.database) {
      try await $0.script(
        """
        ALTER TABLE \(place.schema).stock_reservation \(isOn ? "ENABLE" : "DISABLE") TRIGGER stock_reservation_rehold
        """)
    }
  }
}
