/// The prepared statements of one connection: which text has which name on the server.
///
/// Names are never used twice, so an answer that comes late can never be about another statement.
struct StatementCache {
  struct Statement {
    let number: UInt64
    let name: String
    fileprivate var lastUse: UInt64
  }

  private var statements: [String: Statement] = [:]
  private var clock: UInt64 = 0
  private let statementsMax: Int
  /// Names that left the cache and still exist on the server. At most `statementsMax`: see `use`.
  private(set) var evicted: [Statement] = []

  init(statementsMax: Int) { self.statementsMax = statementsMax }

  /// The statement of `text` and whether it must be prepared first; `nil` when it cannot be kept, because neither a
  /// place is free nor may one more name wait for its `DEALLOCATE`.
  mutating func use(_ text: String) -> (statement: Statement, isNew: Bool)? {
    clock += 1
    if let index = statements.index(forKey: text) {
      statements.values[index].lastUse = clock
      return (statements.values[index], false)
    }
    if statements.count >= statementsMax {
      guard evicted.count < statementsMax else { return nil }
      evictOldest()
    }
    let statement = Statement(number: clock, name: "bh\(clock)", lastUse: clock)
    statements[text] = statement
    return (statement, true)
  }

  /// Forgets `text` if it still stands for statement `number`. `onServer`: the name exists there and must go.
  mutating func forget(_ text: String, number: UInt64, onServer: Bool) {
    guard let index = statements.index(forKey: text), statements.values[index].number == number else { return }
    let statement = statements.remove(at: index).value
    if onServer, evicted.count < statementsMax { evicted.append(statement) }
  }

  /// Names and texts of what is prepared; a statement that is to be deallocated has no text here.
  var onServer: [String: String] {
    Dictionary(
      statements.map { ($0.value.name, $0.key) } + evicted.map { ($0.name, "") },
      uniquingKeysWith: { first, _ in first })
  }

  /// Forgets everything, after the server has (`DISCARD ALL`).
  mutating func forgetAll() {
    statements.removeAll(keepingCapacity: true)
    evicted.removeAll()
  }

  /// Hands out up to `count` names to deallocate.
  mutating func takeEvicted(_ count: Int) -> [Statement] {
    let taken = Array(evicted.prefix(count))
    evicted.removeFirst(taken.count)
    return taken
  }

  /// Puts a name back whose `DEALLOCATE` was skipped.
  mutating func putBack(_ statement: Statement) {
    if evicted.count < statementsMax { evicted.append(statement) }
  }

  /// Looks at every entry: eviction is rare when the bound exceeds the number of distinct statements, as it should.
  private mutating func evictOldest() {
    guard let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
    statements[oldest.key] = nil
    evicted.append(oldest.value)
  }
}
