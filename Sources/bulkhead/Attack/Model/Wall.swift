import BulkheadGuard
import BulkheadKeys
import BulkheadServer

/// What a control takes away, and how it is put back.
struct Wall: Sendable {
  typealias Work = @Sendable (Battlefield) async throws -> Void

  /// What is gone, in words: "the guard's predicate and row security".
  let name: String
  /// Walls inside the process: the control runs on a system that was composed without them.
  let without: Without
  /// Takes away what lies outside the process. On the control field only, never on the one under test.
  let down: Work
  let up: Work
  /// The control leaves the tenants in a state in which others cannot use them: they are made anew.
  let spoils: Bool

  init(
    _ name: String, without: Without = Without(), spoils: Bool = false, down: @escaping Work = { _ in },
    up: @escaping Work = { _ in }
  ) {
    self.name = name
    self.without = without
    self.spoils = spoils
    self.down = down
    self.up = up
  }

  /// Nothing is taken away from the system: the attack itself leaves out, on the control field, the step that protects.
  static func inAttack(_ name: String) -> Wall { Wall(name) }
}

/// Walls inside the process that a composed system lacks.
struct Without: Hashable, Sendable {
  var request: Int = 0
  var token: Int = 0
  var statements: UInt8 = 0

  init(request: RequestWalls = [], token: TokenChecks = [], statements: GuardRules = []) {
    self.request = request.rawValue
    self.token = token.rawValue
    self.statements = statements.rawValue
  }

  var applicationSeams: Application.Seams {
    var seams = Application.Seams()
    seams.requestWalls.remove(RequestWalls(rawValue: request))
    seams.tokenChecks.remove(TokenChecks(rawValue: token))
    return seams
  }

  var platformSeams: Platform.Seams {
    var seams = Platform.Seams()
    seams.guardRules.remove(GuardRules(rawValue: statements))
    // The watch for decoys stands behind the guard: with it a control would show the watch instead of the wall.
    if statements != 0 { seams.leakChecks = [] }
    return seams
  }
}
