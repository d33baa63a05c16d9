import BulkheadCore
import BulkheadServer
import Synchronization

/// Where the two worlds first differ.
struct Difference: Sendable {
  let step: Step
  let alone: String
  let crowded: String

  /// The lines that are not the same, of at most so many.
  func lines(max: Int = 40) -> String {
    let left = Self.split(alone)
    let right = Self.split(crowded)
    var out: [String] = []
    for index in 0..<Swift.max(left.count, right.count) {
      let mine = index < left.count ? left[index] : "(nothing)"
      let other = index < right.count ? right[index] : "(nothing)"
      if mine != other { out += ["  alone:   \(mine)", "  crowded: \(other)"] }
    }
    return out.prefix(max).joined(separator: "\n")
  }

  /// Lines of heads, members of JSON.
  private static func split(_ text: String) -> [String] {
    text.replacing(",\"", with: ",\n\"").replacing("{\"", with: "{\n\"").split(separator: "\n").map(String.init)
  }
}

/// How one script went.
struct Outcome: Sendable {
  let seed: UInt64
  let script: [Step]
  let difference: Difference?
  /// Requests with an effect: of the tenant under test where it is alone, and of its neighbours.
  let effects: Int
  let neighbourEffects: Int
  /// Routes that answered, with how often they did as asked.
  let reached: [String: Int]
}

/// The same script in two worlds.
struct Trial: Sendable {
  /// Answers that are not compared beyond their status, and why.
  static let incomparable = [
    "GET /metrics": "the process's own counters: for the operator's credential alone"
  ]

  let alone: World
  let crowded: World
  /// Slug of the tenant under test in both.
  let slug: String
  /// Slugs of its neighbours.
  let neighbours: [String]

  private static let runs = Atomic<Int>(0)
  private static func nextRun() -> Int { runs.add(1, ordering: .relaxed).newValue }

  /// Writes a script of `length` steps where the tenant is alone and plays it where it is not.
  func run(seed: UInt64, length: Int) async throws -> Outcome {
    let run = Self.nextRun()
    let (script, faces, reached, effects) = try await write(seed: seed, length: length, run: run)
    let (difference, neighbourEffects) = try await compare(script, faces, seed: seed, run: run)
    return Outcome(
      seed: seed, script: script, difference: difference, effects: effects, neighbourEffects: neighbourEffects,
      reached: reached)
  }

  /// Plays a given script in both.
  func replay(_ script: [Step], seed: UInt64) async throws -> Difference? {
    let run = Self.nextRun()
    let resident = try alone.house.resident(slug)
    try await alone.putBack(resident)
    let player = try await Player(alone, resident, run: run)
    var faces: [[UInt8]] = []
    for step in script { faces.append(try await player.play(step).face) }
    return try await compare(script, faces, seed: seed, run: run).0
  }

  private func write(
    seed: UInt64, length: Int, run: Int
  ) async throws -> (script: [Step], faces: [[UInt8]], reached: [String: Int], effects: Int) {
    let resident = try alone.house.resident(slug)
    try await alone.putBack(resident)
    let player = try await Player(alone, resident, run: run)
    let all = alone.routes
    let routes = Dictionary(uniqueKeysWithValues: all.map { ($0.label, $0) })
    var author = Author(seed: seed, routes: all)
    var script: [Step] = []
    var faces: [[UInt8]] = []
    var reached: [String: Int] = [:]
    for number in 1...length {
      guard let (step, route) = author.next(number, routes: routes) else { continue }
      let (face, seen) = try await player.play(step)
      author.note(step, route, seen, player.normaliser)
      reached[step.route, default: 0] += seen.isSuccess ? 1 : 0
      script.append(step)
      faces.append(face)
    }
    return (script, faces, reached, player.effects)
  }

  private func compare(
    _ script: [Step], _ faces: [[UInt8]], seed: UInt64, run: Int
  ) async throws -> (Difference?, Int) {
    let resident = try crowded.house.resident(slug)
    let others = try neighbours.map { try crowded.house.resident($0) }
    try await crowded.putBack(resident)
    for other in others { try await crowded.putBack(other) }
    let beside = try await Neighbours(crowded, others, seed: seed, run: run)
    let player = try await Player(crowded, resident, run: run) { [things = beside.things] in things.id($0, $1) }
    for (step, face) in zip(script, faces) {
      async let noise: Void = beside.beside(step)
      let seen = try await player.play(step).face
      try await noise
      let isEqual = Self.incomparable[step.route] == nil ? seen == face : seen.prefix(3) == face.prefix(3)
      if !isEqual {
        let difference = Difference(
          step: step, alone: String(decoding: face, as: UTF8.self), crowded: String(decoding: seen, as: UTF8.self))
        return (difference, beside.effects)
      }
    }
    return (nil, beside.effects)
  }
}
