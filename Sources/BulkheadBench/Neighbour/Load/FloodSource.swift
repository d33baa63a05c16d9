import Foundation

/// A flood made ready, by whichever entry it comes.
protocol FloodSource {
  func run() async throws -> FloodResult
  /// What jobs of quiet tenants took that came in beside it, in milliseconds.
  func jobs() async throws -> [Double]
  func cleanUp() async throws
}

/// The flood over HTTP.
struct FloodOverHTTP: FloodSource {
  let load: FloodLoad

  func run() async throws -> FloodResult {
    let load = load
    let stop = LoadSwitch()
    return try await withTaskCancellationHandler {
      try await LoadThread.run { try load.run(until: stop) }
    } onCancel: {
      stop.end()
    }
  }

  func jobs() async throws -> [Double] { [] }
  func cleanUp() async throws {}
}

enum FloodSources {
  static func prepare(
    _ scenario: Scenario, _ server: Neighbourhood.Server, _ place: Neighbourhood, _ plan: RoundPlan
  ) async throws -> any FloodSource {
    switch scenario.entry {
    case .http:
      return FloodOverHTTP(
        load: FloodLoad(
          port: server.port, token: server.tokens[0], shape: scenario.shape,
          connections: plan.connections(scenario.shape), tenantLines: NeighbourTables.flooderLines, lines: plan.lines,
          seconds: plan.burstSeconds))
    case .queue:
      let flood = FloodOverQueue(server: server, place: place, plan: plan, shape: scenario.shape)
      try await flood.fill()
      return flood
    }
  }
}
