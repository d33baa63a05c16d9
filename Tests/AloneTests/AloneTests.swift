import BulkheadCore
import Foundation
import Testing

@Suite("A tenant cannot tell whether it is alone", .serialized)
struct AloneTests {
  @Test("everything that a tenant sees is equal, alone and beside others at work")
  func equal() async throws {
    let began = ContinuousClock.now
    let crowded = try await World.open(try await Worlds.shared.crowded())
    defer { crowded.close() }
    print("houses: \(ContinuousClock.now - began)")
    await withTaskGroup(of: Void.self) { group in
      for tier in Worlds.tiers { group.addTask { await Self.try(tier, beside: crowded) } }
    }
  }

  private static func `try`(_ tier: Tier, beside crowded: World) async {
    do {
      let alone = try await World.open(try await Worlds.shared.alone(tier))
      defer { alone.close() }
      let trial = Trial(
        alone: alone, crowded: crowded, slug: Worlds.slug(tier), neighbours: Worlds.neighbours(tier))
      let seeds = Extent.seed.map { [$0] } ?? (1...Extent.seeds).map { UInt64($0) }
      let began = ContinuousClock.now
      var effects = 0
      var neighbourEffects = 0
      for seed in seeds {
        let outcome = try await trial.run(seed: seed, length: Extent.steps)
        effects += outcome.effects
        neighbourEffects += outcome.neighbourEffects
        #expect(outcome.effects > 0 && outcome.neighbourEffects > 0, "seed \(seed): nobody did anything")
        if let difference = outcome.difference {
          let (script, least) = try await Shrinker(trial: trial, seed: seed).shrink(outcome.script, difference)
          Issue.record(Comment(rawValue: Shrinker.report(script, least, seed: seed, tier: tier.rawValue)))
          return
        }
        if seed % 20 == 0 { print("\(tier.rawValue): \(seed) seeds, \(ContinuousClock.now - began)") }
      }
      print(
        """
        \(tier.rawValue): \(seeds.count) seeds x \(Extent.steps) steps equal in \(ContinuousClock.now - began), \
        \(effects) requests with an effect, \(neighbourEffects) of neighbours
        """)
    } catch {
      Issue.record("\(tier.rawValue): \(String(reflecting: error))")
    }
  }
}
