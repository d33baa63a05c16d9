import BulkheadCore

/// The names that one query level adds to what is visible.
struct Scope {
  /// What a range variable or alias stands for.
  enum Range {
    /// A table of tenants. Its whole row holds the tenant's column.
    case table
    case reference
    /// A sub-select or a WITH query. All its columns are named, so none is the tenant's.
    case query
    /// A function, and the names of its columns.
    case function(columns: Set<String>)
  }

  var withQueries: Set<String> = []
  /// Names may repeat where PostgreSQL would refuse the statement, so each holds a list.
  var ranges: [String: [Range]] = [:]

  mutating func declare(_ name: String, _ range: Range) { ranges[name, default: []].append(range) }
}

/// The query levels from the outermost to the one being walked.
///
/// It may show more than PostgreSQL would (the neighbours of a sub-select that is not LATERAL), never less. So every
/// rule on a name is asked of *all* ranges of that name on all levels, and the strictest answer holds.
struct Scopes {
  private var levels: [Scope] = []

  mutating func enter() { levels.append(Scope()) }
  mutating func leave() { levels.removeLast() }

  mutating func declare(_ name: String, _ range: Scope.Range) {
    guard !levels.isEmpty else { return }
    levels[levels.count - 1].declare(name, range)
  }

  mutating func declareWithQuery(_ name: String) {
    guard !levels.isEmpty else { return }
    levels[levels.count - 1].withQueries.insert(name)
  }

  func hasWithQuery(_ name: String) -> Bool { levels.contains { $0.withQueries.contains(name) } }

  /// Every range of that name that could be meant.
  func ranges(_ name: String) -> [Scope.Range] { levels.flatMap { $0.ranges[name] ?? [] } }

  /// The ranges of the innermost level.
  var innermost: [String: [Scope.Range]] { levels.last?.ranges ?? [:] }
}
