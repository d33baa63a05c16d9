import BulkheadCore
import Synchronization

/// What is known about texts and about texts in placements. Bounded; a look-up is one hash and one uncontended lock.
final class VerdictCache: Sendable {
  private struct Key: Hashable {
    let statement: Statement
    let schema: String
  }

  private struct State: Sendable {
    var verdicts: Generations<Key, GuardedStatement>
    var templates: Generations<Statement, Result<StatementTemplate, Refusal>>
  }

  private let state: Mutex<State>

  init(entriesMax: Int) {
    state = Mutex(State(verdicts: Generations(entriesMax: entriesMax), templates: Generations(entriesMax: entriesMax)))
  }

  func verdict(_ statement: Statement, schema: String) -> GuardedStatement? {
    let key = Key(statement: statement, schema: schema)
    return state.withLock { $0.verdicts.value(for: key) }
  }

  func store(_ verdict: GuardedStatement, for statement: Statement, schema: String) {
    let key = Key(statement: statement, schema: schema)
    state.withLock { $0.verdicts.store(verdict, for: key) }
  }

  func template(_ statement: Statement) -> Result<StatementTemplate, Refusal>? {
    state.withLock { $0.templates.value(for: statement) }
  }

  func store(_ template: Result<StatementTemplate, Refusal>, for statement: Statement) {
    state.withLock { $0.templates.store(template, for: statement) }
  }

  /// Entries held: verdicts and templates.
  var counts: (verdicts: Int, templates: Int) { state.withLock { ($0.verdicts.count, $0.templates.count) } }
}

/// A bounded dictionary that forgets what has not been asked for: when the young half is full it becomes the old half,
/// and the old half goes. As good as least-recently-used here, without a list to relink under the lock on every hit.
struct Generations<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let youngMax: Int
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]

  init(entriesMax: Int) { youngMax = Swift.max(1, entriesMax / 2) }

  var count: Int { young.count + old.count }

  mutating func value(for key: Key) -> Value? {
    if let value = young[key] { return value }
    guard let value = old.removeValue(forKey: key) else { return nil }
    store(value, for: key)
    return value
  }

  mutating func store(_ value: Value, for key: Key) {
    if young.count >= youngMax, young[key] == nil {
      old = young
      young = [:]
    }
    old[key] = nil
    young[key] = value
  }
}
