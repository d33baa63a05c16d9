import BulkheadCore
import Foundation
import Testing

@testable import bulkhead

extension AloneTests {
  /// Seeds within which a fault must have been found, and the steps of each script.
  static let faultSeeds = 50
  static let faultSteps = 150

  @Test("each planted fault is found", arguments: Extent.faults)
  func plantedFault(_ fault: PlantedFault) async throws {
    let crowdedHouse = try await Worlds.shared.crowded()
    let aloneHouse = try await Worlds.shared.alone(.pooled)
    let tier = Tier.pooled
    let involved = [Worlds.slug(tier)] + Worlds.neighbours(tier)
    for house in [crowdedHouse, aloneHouse] {
      for resident in house.residents where involved.contains(resident.slug) { try await resident.home.putBack(house) }
      try await fault.change?.plant(in: house)
    }
    let found: (seeds: UInt64, script: [Step], difference: Difference)?
    do {
      found = try await Self.search(fault, alone: aloneHouse, crowded: crowdedHouse)
    } catch {
      for house in [crowdedHouse, aloneHouse] { try await fault.change?.uproot(from: house) }
      throw error
    }
    for house in [crowdedHouse, aloneHouse] {
      for resident in house.residents where involved.contains(resident.slug) { try await resident.home.putBack(house) }
      try await fault.change?.uproot(from: house)
    }
    guard let found else {
      Issue.record("\(fault.rawValue): \(fault.summary): not found in \(Self.faultSeeds) seeds")
      return
    }
    say(
      """
      fault \(fault.rawValue): found with seed \(found.seeds), shrunk to \(found.script.count) steps, \
      at \(found.difference.step.route)
      \(found.difference.lines(max: 4))
      """)
  }

  private static func search(
    _ fault: PlantedFault, alone aloneHouse: House, crowded crowdedHouse: House
  ) async throws -> (seeds: UInt64, script: [Step], difference: Difference)? {
    let alone = try await World.open(aloneHouse, fault.seams(aloneHouse))
    defer { alone.close() }
    let crowded = try await World.open(crowdedHouse, fault.seams(crowdedHouse))
    defer { crowded.close() }
    let trial = Trial(
      alone: alone, crowded: crowded, slug: Worlds.slug(.pooled), neighbours: Worlds.neighbours(.pooled))
    for seed in 1...UInt64(faultSeeds) {
      let outcome = try await trial.run(seed: seed, length: faultSteps)
      guard let difference = outcome.difference else { continue }
      let (script, least) = try await Shrinker(trialsMax: 24) { try await trial.replay($0, seed: seed) }
        .shrink(outcome.script, difference)
      return (seed, script, least)
    }
    return nil
  }
}
