import BulkheadCore

/// What an attack wants to do to another tenant.
enum Verb: String, CaseIterable, Sendable {
  case access, infer, corrupt, degrade
}

/// Where an attack is made.
enum Layer: String, CaseIterable, Sendable {
  /// Credentials and everything in a request that names a tenant.
  case request
  /// Handlers and the statements that they send through the guard.
  case application
  /// Rows, keys and tables, past the guard.
  case data
  case cache, queue, integration, backup, infrastructure
  /// A session with PostgreSQL under a login role of ours: what a thief of its password may type.
  case sql
}

/// What came of one attack.
struct Outcome: Sendable {
  let isBreach: Bool
  /// What was seen, in a sentence.
  let evidence: String

  static func held(_ evidence: String) -> Outcome { Outcome(isBreach: false, evidence: evidence) }
  static func breach(_ evidence: String) -> Outcome { Outcome(isBreach: true, evidence: evidence) }
}

/// One attack of one tenant on another, with the wall that stops it.
///
/// `run` is the same for both uses: on the field under test it must not get through; on the control field, where `wall`
/// has been taken away, it must. An attack whose control does not leak proves nothing.
protocol Attack: Sendable {
  /// Stable and unique, dotted: `request.token.algNone`.
  var id: String { get }
  var title: String { get }
  var verb: Verb { get }
  var layer: Layer { get }
  /// The tiers in which it can be made.
  var tiers: [Tier] { get }
  /// What is done, in order.
  var steps: [String] { get }
  /// What must come of it.
  var expected: String { get }
  /// What its control takes away.
  var wall: Wall { get }
  /// Makes the attack once. Throws when it could not be made, which counts as a failure of the battery.
  func run(_ field: Battlefield) async throws -> Outcome
}

/// Thrown when an attack cannot be made as it is written.
struct Unmakeable: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// An attack that is told in one closure.
struct Plot: Attack {
  let id: String
  let title: String
  let verb: Verb
  let layer: Layer
  let tiers: [Tier]
  let steps: [String]
  let expected: String
  let wall: Wall
  private let action: @Sendable (Battlefield) async throws -> Outcome

  init(
    _ id: String, _ title: String, _ verb: Verb, _ layer: Layer, tiers: [Tier] = Tier.allCases, steps: [String],
    expected: String, wall: Wall, _ action: @escaping @Sendable (Battlefield) async throws -> Outcome
  ) {
    self.id = id
    self.title = title
    self.verb = verb
    self.layer = layer
    self.tiers = tiers
    self.steps = steps
    self.expected = expected
    self.wall = wall
    self.action = action
  }

  func run(_ field: Battlefield) async throws -> Outcome { try await action(field) }
}

/// What a report says of an attack.
struct AttackFacts: Sendable {
  let id: String
  let title: String
  let verb: Verb
  let layer: Layer
  let steps: [String]
  let expected: String
  /// What its control takes away.
  let wall: String
}

extension Attack {
  var facts: AttackFacts {
    AttackFacts(id: id, title: title, verb: verb, layer: layer, steps: steps, expected: expected, wall: wall.name)
  }
}
