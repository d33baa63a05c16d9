import Foundation

/// Runs rounds, one at a time.
struct RoundRunner {
  let place: Neighbourhood
  let plan: RoundPlan

  /// Quiet tenants all the time, the flood in the middle. `number` makes the schedule: it is the same for every
  /// control.
  func round(_ control: Control, _ scenario: Scenario, number: Int) async throws -> BurstRound {
    let server = try place.server(control)
    try await NeighbourTables.settle(place.administrator)
    let flood = try await FloodSources.prepare(scenario, server, place, plan)
    let customers = CustomerLoad(
      port: server.port, tokens: server.tokens, rate: plan.rate, seed: plan.seed &+ UInt64(number) &* 1_000_003)
    let stop = LoadSwitch()
    let atStart = try place.cpu(control)
    let start = LoadClock.now
    async let samples = LoadThread.run { try customers.run(until: stop) }
    let result: FloodResult
    let cpu: CPUShares
    do {
      try await Task.sleep(for: .seconds(plan.quietSeconds))
      let before = try place.cpu(control)
      result = try await flood.run()
      cpu = try place.cpu(control) - before
      try await Task.sleep(for: .seconds(plan.afterSeconds))
    } catch {
      stop.end()
      _ = try? await samples
      throw error
    }
    stop.end()
    let end = LoadClock.now
    var round = BurstRound(
      samples: try await samples, start: start, burst: result.start..<result.end, end: end, flood: result, cpu: cpu,
      cpuOfAll: try place.cpu(control) - atStart)
    round.jobs = try await flood.jobs()
    try await flood.cleanUp()
    return round
  }

  /// The flood with nobody beside it.
  func alone(_ control: Control, _ scenario: Scenario) async throws -> FloodResult {
    try await NeighbourTables.settle(place.administrator)
    let flood = try await FloodSources.prepare(scenario, place.server(control), place, plan)
    let result = try await flood.run()
    try await flood.cleanUp()
    return result
  }
}
