import BulkheadCore
import BulkheadPostgres
import Foundation

/// Several tenants that all want more than there is, each as hard as it can: what each gets.
struct Contest: Sendable {
  let name: String
  /// One for each contestant.
  let weights: [Int]
  /// Those that know of what is contested.
  let controls: [Control]
  /// Of each contestant: so many that it always waits for more than it has.
  let connections: Int

  static let all = [
    Contest(
      name: "8 equals", weights: [Int](repeating: 1, count: 8), controls: [.bulkhead, .arrival, .uncontrolled],
      connections: 12),
    Contest(name: "weights 1:2:4", weights: [1, 2, 4], controls: [.bulkhead, .arrival], connections: 32),
  ]

  /// Lines of a document: few enough that a tenant's own documents do not wait for each other's rows.
  private static let shape = 10
  /// How long a server may remember weights that were written since.
  private static let memory: Duration = .seconds(3)

  /// Quiet tenants, from the second on.
  private func tenant(_ index: Int) -> Int { index + 2 }

  /// Writes the weights.
  func prepare(_ place: Neighbourhood) async throws {
    let rows = weights.indices.map { index in
      "('\(BenchTables.tenant(tenant(index)))', '{}', \(weights[index]), now(), 'benchmark')"
    }
    try await place.records.simple(
      """
      DELETE FROM control.policy;
      INSERT INTO control.policy (node_id, limits, weight, updated_at, updated_by)
        VALUES \(rows.joined(separator: ", "))
      """, deadline: nil)
    try await Task.sleep(for: Self.memory)
  }

  /// Lines a second of each contestant over its weight.
  func run(_ control: Control, _ place: Neighbourhood, seconds: Double) async throws -> [Double] {
    try await NeighbourTables.settle(place.administrator)
    let server = try place.server(control)
    let loads = weights.indices.map { index in
      FloodLoad(
        port: server.port, token: server.tokens[tenant(index) - 1], shape: Self.shape, connections: connections,
        tenantLines: NeighbourTables.linesEach, lines: 0, seconds: seconds)
    }
    let found = try await withThrowingTaskGroup(of: (Int, FloodResult).self) { group in
      for (index, load) in loads.enumerated() {
        group.addTask { (index, try await LoadThread.run { try load.run() }) }
      }
      var found: [Int: FloodResult] = [:]
      for try await (index, result) in group { found[index] = result }
      return found
    }
    guard found.values.allSatisfy({ $0.failures == 0 }) else { throw BenchFailure("\(name): requests failed") }
    return weights.indices.map { (found[$0]?.linesPerSecond ?? 0) / Double(weights[$0]) }
  }
}
