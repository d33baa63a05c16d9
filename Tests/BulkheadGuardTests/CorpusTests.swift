import BulkheadCore
import Testing

@testable import BulkheadGuard

@Suite("The corpus of statements")
struct CorpusTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)

  @Test("is there")
  func isThere() {
    #expect(Corpus.accepted.count > 60)
    #expect(Corpus.refused.count > 150)
  }

  @Test("a claimed statement is rewritten as the corpus says", arguments: Corpus.accepted)
  func accepted(block: CorpusCase) throws {
    let guarded = try guarding.check(block.statement, schema: "app")
    #expect(Corpus.verdict(guarded) == block.verdict)
    #expect(guarded.text == block.rewritten)
    #expect(guarded.tenantParameter == nil || guarded.tenantParameter == guarded.parameterCount + 1)
  }

  @Test("a statement that no rule claims is refused with its code", arguments: Corpus.refused)
  func refused(block: CorpusCase) {
    do throws(Refusal) {
      let guarded = try guarding.check(block.statement, schema: "app")
      Issue.record("passed as \(guarded.text)")
    } catch {
      #expect("refused \(error.code)" == block.verdict, "\(error.debugDescription)")
      #expect(error.description == "\(error.code): An internal error occurred.")
      #expect(error.code.category == .internal)
    }
  }

  @Test("every code of the library is met in the corpus or is about the schema")
  func everyCode() {
    let met = Set(Corpus.refused.map { String($0.verdict.dropFirst("refused ".count)) })
    let codes = Set(RefusalCode.statementCodes.map(\.name))
    #expect(met == codes.subtracting(["statement.schema", "statement.tooLarge"]))
  }

  @Test("what was rewritten is refused when it comes in again")
  func notTwice() {
    for block in Corpus.accepted where block.rewritten.contains("\"app\"") {
      #expect(throws: Refusal.self) { try guarding.check(block.rewritten, schema: "app") }
    }
  }
}
