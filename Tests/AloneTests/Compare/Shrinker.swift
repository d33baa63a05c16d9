import BulkheadCore

/// Makes a script that shows a difference as short as it gets: delta debugging over the steps (Zeller and Hildebrandt,
/// "Simplifying and Isolating Failure-Inducing Input", 2002), then one simplification of each step that is left.
struct Shrinker {
  /// Trials in all. Neighbours work at the same time, so one that shows nothing is tried once more.
  let trialsMax: Int
  /// Plays a script in both worlds.
  let replay: ([Step]) async throws -> Difference?

  init(trialsMax: Int = 160, replay: @escaping ([Step]) async throws -> Difference?) {
    self.trialsMax = trialsMax
    self.replay = replay
  }

  func shrink(_ script: [Step], _ first: Difference) async throws -> (script: [Step], difference: Difference) {
    var best = Array(script.prefix { $0.number <= first.step.number })
    var difference = first
    var trials = 0
    func fails(_ candidate: [Step]) async throws -> Difference? {
      for _ in 0..<2 where trials < trialsMax {
        trials += 1
        if let found = try await replay(candidate) { return found }
      }
      return nil
    }
    var parts = 2
    while best.count > 1, trials < trialsMax {
      let size = max(1, best.count / parts)
      var isShorter = false
      for start in stride(from: 0, to: best.count, by: size) {
        let candidate = Array(best[..<start] + best[min(best.count, start + size)...])
        guard !candidate.isEmpty, let found = try await fails(candidate) else { continue }
        best = Array(candidate.prefix { $0.number <= found.step.number })
        difference = found
        isShorter = true
        break
      }
      if isShorter { parts = max(2, parts - 1) } else if size == 1 { break } else { parts = min(best.count, parts * 2) }
    }
    var index = 0
    while index < best.count {
      var isSimpler = false
      for simpler in Self.simpler(best[index]) {
        var candidate = best
        candidate[index] = simpler
        guard let found = try await fails(candidate) else { continue }
        (best, difference, isSimpler) = (candidate, found, true)
        break
      }
      if !isSimpler { index += 1 }
    }
    return (best, difference)
  }

  /// The step with less in it.
  private static func simpler(_ step: Step) -> [Step] {
    var all: [Step] = []
    for field in step.fields where field.name != "content-type" {
      var simpler = step
      simpler.fields.removeAll { $0 == field }
      all.append(simpler)
    }
    if let mark = step.path.firstIndex(of: "?") {
      var simpler = step
      simpler.path = String(step.path[..<mark])
      all.append(simpler)
    }
    return all
  }

  /// A report to act on: what differs, and the way there.
  static func report(_ script: [Step], _ difference: Difference, seed: UInt64, tier: String) -> String {
    """
    seed \(seed), tier \(tier): the tenant can tell that it is not alone, at step \(difference.step.number) \
    (\(difference.step.route))
    \(difference.lines())
    the way there, in \(script.count) steps:
    \(script.map(\.line).joined(separator: "\n"))
    again: BULKHEAD_ALONE_SEED=\(seed) scripts/test AloneTests --filter equal
    """
  }
}
