import BulkheadCore
import BulkheadGuardProbe
import Foundation
import Testing

@testable import BulkheadGuard

@Suite("Every range of every statement")
struct RangeTests {
  let guarding = StatementGuard(catalog: Corpus.catalog)

  func faults(_ text: String, parameter: Int? = 1) -> [String] {
    RangeAudit.report(text, schema: "app", referenceTables: ["currency"], tenantParameter: parameter).faults
  }

  @Test("is narrowed to the tenant, says a second reader of the rewritten text", arguments: Corpus.accepted)
  func narrowed(block: CorpusCase) throws {
    let guarded = try guarding.check(block.statement, schema: "app")
    #expect(faults(guarded.text, parameter: guarded.tenantParameter) == [])
  }

  static let bare = [
    "SELECT a FROM app.product", "SELECT a FROM app.product WHERE product.tenant_id = $1 OR true",
    "SELECT a FROM app.product p, app.stock s WHERE p.tenant_id = $1",
    "SELECT a FROM app.product p JOIN app.stock s ON true WHERE p.tenant_id = $1",
    "SELECT a FROM app.product p WHERE p.tenant_id = $2", "SELECT a FROM app.product p WHERE p.tenant_id <> $1",
    "SELECT a FROM app.product p WHERE p.tenant_id = p.tenant_id", "SELECT a FROM product WHERE product.tenant_id = $1",
    "UPDATE app.product SET a = 1", "UPDATE app.product SET a = 1 WHERE b OR product.tenant_id = $1",
    "UPDATE app.product SET a = 1 FROM app.stock s WHERE product.tenant_id = $1",
    "UPDATE app.product SET tenant_id = $2 WHERE product.tenant_id = $1", "DELETE FROM app.product WHERE a = $1",
    "DELETE FROM app.product USING app.stock WHERE product.tenant_id = $1",
    "SELECT a FROM (SELECT * FROM app.product p WHERE stock.tenant_id = $1) q", "SELECT a FROM other.product",
    "INSERT INTO app.product (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1 WHERE product.tenant_id = $1",
    "INSERT INTO app.product (a) VALUES (1) ON CONFLICT (tenant_id, a) DO UPDATE SET a = 1",
    "INSERT INTO app.product (tenant_id, a) VALUES ($1, 1)", "INSERT INTO app.product (a) SELECT a FROM app.stock",
    "MERGE INTO app.product p USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "MERGE INTO app.product p USING (SELECT 1) s ON true WHEN MATCHED AND p.tenant_id = $1 THEN DELETE",
    "MERGE INTO app.product p USING app.stock s ON p.tenant_id = $1 WHEN MATCHED THEN DELETE",
    "MERGE INTO app.product p USING (SELECT 1) s ON p.tenant_id = $1 OR p.id = 1 WHEN MATCHED THEN DELETE",
    "SELECT pg_sleep(1)", "SELECT set_config('a', 'b', true)", "SELECT 'x'::regclass", "SELECT $1::oid",
    "SELECT tenant_id FROM (SELECT * FROM app.product p WHERE p.tenant_id = $1) p", "SELECT rolname FROM pg_authid",
    "SELECT rolname FROM pg_catalog.pg_authid", "TRUNCATE app.product", "LOCK TABLE app.product", "SELECT 1; SELECT 2",
  ]

  @Test("the second reader finds what is not narrowed", arguments: bare)
  func control(text: String) { #expect(!faults(text).isEmpty) }

  @Test("the second reader shares no code with the rewriting")
  func independence() throws {
    let folder = Corpus.folder.appendingPathComponent("../../../Sources/BulkheadGuardProbe")
    for file in ["RangeAudit.swift", "TreeValue.swift"] {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      #expect(!text.contains("import BulkheadGuard"), "\(file)")
    }
  }

  @Test("the reader of plans tells a condition from one that stands beside an OR")
  func conjuncts() {
    #expect(PlanAudit.conjuncts("(p.a = 1)") == ["p.a = 1"])
    #expect(PlanAudit.conjuncts("((p.a = 1) AND (p.b = ')'::text))") == ["p.a = 1", "p.b = ')'::text"])
    #expect(PlanAudit.conjuncts("((p.a = 1) AND p.b AND (NOT p.c))") == ["p.a = 1", "p.b", "NOT p.c"])
    #expect(PlanAudit.conjuncts("((p.a = 1) OR (p.b = 2))") == ["(p.a = 1) OR (p.b = 2)"])
    #expect(PlanAudit.conjuncts("(((p.a = 1) AND (p.c = 3)) OR (p.b = 2))").contains("p.a = 1") == false)
  }
}
