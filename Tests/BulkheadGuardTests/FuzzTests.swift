import BulkheadCore
import BulkheadGuardProbe
import Foundation
import Testing

@testable import BulkheadGuard

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// `BULKHEAD_SEED`, or a fixed one; printed so that a failure can be run again.
  static func announced(_ purpose: String) -> SeededGenerator {
    let seed = ProcessInfo.processInfo.environment["BULKHEAD_SEED"].flatMap { UInt64($0) } ?? 20_260_131
    print("seed of \(purpose): \(seed)")
    return SeededGenerator(seed: seed)
  }
}

/// The short form of `make fuzz`, which looks for longer and is led by coverage: the same judge, a seeded run.
@Suite("Mutated statements")
struct FuzzTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)
  static let rounds = 12_000

  @Test("never crash the guard, always give the same verdict, and pass only with every range narrowed")
  func mutations() throws {
    var generator = SeededGenerator.announced("the mutations")
    let mutator = StatementMutator(statements: Corpus.cases.map(\.statement))
    var claimed = 0
    for _ in 0..<Self.rounds {
      let start = Corpus.cases.randomElement(using: &generator)?.statement ?? ""
      let text = mutator.mutated(start, using: &generator)
      switch JudgedStatement.judge(text, by: guarding) {
      case .broken(let fault): Issue.record("\(fault)\n\(text)")
      case .claimed: claimed += 1
      case .refused: break
      }
    }
    print("of \(Self.rounds) mutations \(claimed) were claimed")
    #expect(claimed > 200)
    #expect(claimed < Self.rounds / 2)
  }

  @Test("the judge finds each wall that is taken away: the control")
  func control() {
    let holes: [(GuardRules, String)] = [
      (.tenantPredicate, "SELECT name FROM product"), (.functions, "SELECT pg_sleep(1)"),
      (.tables, "SELECT rolname FROM pg_authid"), (.utility, "TRUNCATE app.product"),
      (.columns, "UPDATE product SET tenant_id = $1"), (.casts, "SELECT 'pg_authid'::regclass"),
    ]
    for (hole, text) in holes {
      let holed = StatementGuard(catalog: Corpus.catalog, rules: GuardRules.all.subtracting(hole))
      guard case .broken = JudgedStatement.judge(text, by: holed) else {
        Issue.record("not found: \(text)")
        continue
      }
    }
  }

  @Test("every truncation of every accepted statement is judged")
  func truncations() {
    for block in Corpus.accepted {
      let characters = Array(block.statement)
      for end in characters.indices {
        if case .broken(let fault) = JudgedStatement.judge(String(characters[..<end]), by: guarding) {
          Issue.record("\(fault)\n\(String(characters[..<end]))")
        }
      }
    }
  }
}
