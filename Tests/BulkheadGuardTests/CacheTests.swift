import BulkheadCore
import Testing

@testable import BulkheadGuard

@Suite("The cache of verdicts")
struct CacheTests {
  @Test("a hit gives what a miss gave, for each placement its own")
  func hits() throws {
    let guarding = StatementGuard(catalog: Corpus.catalog)
    let statement: Statement = Statement("SELECT name FROM product WHERE id = $1")
    let miss = try guarding.verdict(statement, schema: "app")
    #expect(try guarding.verdict(statement, schema: "app") == miss)
    #expect(try guarding.check(statement.text, schema: "app") == miss)
    let elsewhere = try guarding.verdict(statement, schema: "t_1")
    #expect(elsewhere.text == miss.text.replacing("\"app\"", with: "\"t_1\""))
    #expect(try guarding.verdict(statement, schema: "app") == miss)
  }

  @Test("a refusal is remembered as a refusal")
  func refusals() {
    let guarding = StatementGuard(catalog: Corpus.catalog)
    for _ in 0..<3 {
      do throws(Refusal) {
        _ = try guarding.verdict(Statement("SELECT pg_sleep(1)"), schema: "app")
        Issue.record("passed")
      } catch { #expect(error.code == .statementFunction) }
    }
  }

  @Test("a bad schema is refused although the text is known")
  func badSchema() throws {
    let guarding = StatementGuard(catalog: Corpus.catalog)
    let statement = Statement("SELECT name FROM product")
    _ = try guarding.verdict(statement, schema: "app")
    #expect(throws: Refusal.self) { try guarding.verdict(statement, schema: "a\".b") }
  }

  @Test("it never holds more than its bound, and forgets what was not asked for")
  func bounded() throws {
    let cache = VerdictCache(entriesMax: 8)
    let kept = Statement("SELECT 0")
    let verdict = GuardedStatement(text: "", tenantParameter: nil, parameterCount: 0, isReadOnly: true, tables: [])
    cache.store(verdict, for: kept, schema: "a")
    for number in 1...100 {
      cache.store(verdict, for: Statement(unchecked: "SELECT \(number)"), schema: "a")
      #expect(cache.verdict(kept, schema: "a") != nil)
      #expect(cache.counts.verdicts <= 8)
    }
    #expect(cache.verdict(Statement("SELECT 1"), schema: "a") == nil)
    #expect(cache.verdict(kept, schema: "b") == nil)
  }

  @Test("many tasks at once get the same verdicts")
  func concurrent() async throws {
    let guarding = StatementGuard(catalog: Corpus.catalog, cacheEntriesMax: 16)
    let expected = try Corpus.accepted.map { try guarding.check($0.statement, schema: "app") }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for (block, expected) in zip(Corpus.accepted, expected) {
            let verdict = try? guarding.verdict(Statement(unchecked: block.statement), schema: "app")
            #expect(verdict == expected)
          }
        }
      }
    }
  }
}
