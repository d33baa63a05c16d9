import BulkheadCore
import Testing

@testable import BulkheadGuard

@Suite("Every range of every statement")
struct RangeTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)

  @Test("is narrowed to the tenant, says a second reader of the rewritten text", arguments: Corpus.accepted)
  func narrowed(block: CorpusCase) throws {
    let guarded = try guarding.check(block.statement, schema: "app")
    #expect(try RangeAudit.unguarded(guarded.text) == [])
  }

  @Test("the second reader finds what is not narrowed")
  func control() throws {
    let bare = [
      "SELECT a FROM app.product", "SELECT a FROM app.product WHERE tenant_id = $1 OR true",
      "SELECT a FROM app.product p, app.stock s WHERE p.tenant_id = $1", "UPDATE app.product SET a = 1",
      "UPDATE app.product SET a = 1 WHERE b OR product.tenant_id = $1", "DELETE FROM app.product WHERE a = $1",
      "SELECT a FROM (SELECT * FROM app.product p WHERE stock.tenant_id = $1) q",
      "INSERT INTO app.product (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1",
    ]
    for text in bare { #expect(try !RangeAudit.unguarded(text).isEmpty, "\(text)") }
  }
}
