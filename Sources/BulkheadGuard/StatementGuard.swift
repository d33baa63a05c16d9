import BulkheadCore

/// Parses each distinct statement once with PostgreSQL's own grammar, refuses what no rule claims, and rewrites the
/// rest so that it reaches the rows of one tenant in one placement only.
///
/// It is the first of two walls: row security inside PostgreSQL stands behind it. It relies on two properties of the
/// connection, pinned at connect: `standard_conforming_strings = on` (otherwise parser and server read `'\'`
/// differently) and a constant `search_path` with `pg_temp` last. The server only ever sees text deparsed from the
/// tree that was checked, never the text that came in.
package final class StatementGuard: Sendable {
  private let catalog: GuardCatalog
  private let rules: GuardRules
  private let cache: VerdictCache

  /// `cacheEntriesMax` bounds both the parsed texts and the verdicts per placement.
  package init(catalog: GuardCatalog, rules: GuardRules = .all, cacheEntriesMax: Int = 4096) {
    self.catalog = catalog
    self.rules = rules
    self.cache = VerdictCache(entriesMax: cacheEntriesMax)
  }

  /// The verdict on `statement` for the placement whose tables lie in `schema`. Refusals: every `statement.*` code.
  package func verdict(_ statement: Statement, schema: String) throws(Refusal) -> GuardedStatement {
    if let known = cache.verdict(statement, schema: schema) { return known }
    try SchemaName.check(schema)
    let guarded = try template(statement).statement(schema: schema)
    cache.store(guarded, for: statement, schema: schema)
    return guarded
  }

  /// `verdict` without the cache, for texts that are met once.
  package func check(_ text: String, schema: String) throws(Refusal) -> GuardedStatement {
    try SchemaName.check(schema)
    return try parse(text).statement(schema: schema)
  }

  private func template(_ statement: Statement) throws(Refusal) -> StatementTemplate {
    if let known = cache.template(statement) { return try known.get() }
    let result: Result<StatementTemplate, Refusal>
    do throws(Refusal) { result = .success(try parse(statement.text)) } catch { result = .failure(error) }
    // A fault of the machine says nothing about the text, so it is not remembered.
    if case .failure(let fault) = result, fault.code.category == .unavailable { throw fault }
    cache.store(result, for: statement)
    return try result.get()
  }

  /// Two threads that miss at once both parse; the verdict is the same.
  private func parse(_ text: String) throws(Refusal) -> StatementTemplate {
    try StatementBounds.check(text)
    let outcome = onDeepStack { [catalog, rules] () -> Result<StatementTemplate, Refusal> in
      do throws(Refusal) {
        return .success(try Rewrite.template(of: text, catalog: catalog, rules: rules))
      } catch {
        return .failure(error)
      }
    }
    guard let outcome else {
      throw Refusal(.serviceUnavailable, "The service is busy.", diagnostic: "no thread to parse a statement")
    }
    return try outcome.get()
  }
}
