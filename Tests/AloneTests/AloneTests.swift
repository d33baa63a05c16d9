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
    say("the crowd is there after \(seconds(since: began)) s")
    let reached = await withTaskGroup(of: [String: Int].self) { group in
      for tier in Worlds.tiers { group.addTask { await Self.try(tier, beside: crowded) } }
      return await group.reduce(into: [:]) { all, some in all.merge(some, uniquingKeysWith: +) }
    }
    // It is chance which of the routes at the end of long chains are reached: nearly all in a build, all in a soak.
    let steps = Extent.seed == nil ? Extent.seeds * Extent.steps : 0
    let missing = ReachTests.judge(reached, crowded.routes)
    say("no script got to do as asked: \(missing)")
    if steps >= 50_000 { #expect(missing.count * 10 <= crowded.routes.count, "never as asked: \(missing)") }
    if steps >= 1_000_000 { #expect(missing.isEmpty, "never as asked: \(missing)") }
  }

  private static func `try`(_ tier: Tier, beside crowded: World) async -> [String: Int] {
    var reached: [String: Int] = [:]
    do {
      let alone = try await World.open(try await Worlds.shared.alone(tier))
      defer { alone.close() }
      let trial = Trial(
        alone: alone, crowded: crowded, slug: Worlds.slug(tier), neighbours: Worlds.neighbours(tier))
      let seeds = Extent.seed.map { [$0] } ?? (1...Extent.seeds).map { UInt64($0) }
      let began = ContinuousClock.now
      var effects = 0
      var neighbourEffects = 0
      var equal = 0
      for seed in seeds {
        let outcome = try await trial.run(seed: seed, length: Extent.steps)
        effects += outcome.effects
        reached.merge(outcome.reached, uniquingKeysWith: +)
        neighbourEffects += outcome.neighbourEffects
        #expect(outcome.effects > 0 && outcome.neighbourEffects > 0, "seed \(seed): nobody did anything")
        if let difference = outcome.difference {
          let (script, least) = try await Shrinker { try await trial.replay($0, seed: seed) }.shrink(
            outcome.script, difference)
          Issue.record(Comment(rawValue: Shrinker.report(script, least, seed: seed, tier: tier.rawValue)))
          break
        }
        equal += 1
        if seed % 10 == 0 { say("\(tier.rawValue): \(seed) of \(seeds.count) scripts, \(seconds(since: began)) s") }
      }
      say(
        """
        \(tier.rawValue): \(equal) of \(seeds.count) scripts of \(Extent.steps) steps equal, in \
        \(seconds(since: began)) s; \(effects) requests of the tenant had an effect, \
        \(neighbourEffects) of its neighbours
        """)
    } catch {
      Issue.record("\(tier.rawValue): \(String(reflecting: error))")
    }
    return reached
  }
}

/// One line at once, also into a pipe.
func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

func seconds(since start: ContinuousClock.Instant) -> Int { Int((ContinuousClock.now - start).components.seconds) }
