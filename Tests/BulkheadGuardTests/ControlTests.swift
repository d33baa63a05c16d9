import BulkheadCore
import BulkheadGuardProbe
import Testing

@testable import BulkheadGuard

/// With one wall taken away its attacks pass: so it is that wall that stops them.
@Suite("Each wall is what stops its attacks")
struct ControlTests {
  static let attacks: [(rule: GuardRules, name: String, codes: Set<String>, statements: [String])] = [
    (
      .functions, "functions", ["statement.function"],
      [
        "SELECT set_config('app.tenant_id', '2', true)", "SELECT pg_sleep(1)", "SELECT 1 OPERATOR(public.=) 1",
        "SELECT x.current_setting FROM unnest(ARRAY['a']) AS x", "SELECT current_user",
        "SELECT query_to_xml($q$select 1$q$, true, false, '')", "SELECT d.d FROM dblink('x') AS d",
      ]
    ),
    (
      .tables, "tables", ["statement.table", "statement.catalog"],
      [
        "SELECT rolname FROM pg_authid", "SELECT a FROM secret", "SELECT a FROM other.product AS q",
        "DELETE FROM secret", "UPDATE secret SET a = 1", "INSERT INTO secret (a) VALUES (1)",
      ]
    ),
    (
      .utility, "utility", ["statement.unclaimed"],
      [
        "SET app.tenant_id = '2'", "DO $$ BEGIN END $$", "LISTEN x", "EXPLAIN SELECT 1", "LOCK TABLE product",
        "COPY product TO STDOUT", "TRUNCATE product", "PREPARE q AS SELECT 1",
      ]
    ),
    (
      .columns, "columns", ["statement.tenantColumn", "statement.unclaimed"],
      [
        "SELECT tenant_id FROM product", "SELECT * FROM product", "SELECT p FROM product p",
        "SELECT ctid FROM product", "SELECT x FROM product AS p (x)", "UPDATE product SET tenant_id = $1",
        "INSERT INTO product (tenant_id) VALUES ($1)",
      ]
    ),
    (.casts, "casts", ["statement.cast"], ["SELECT 'pg_authid'::regclass", "SELECT 10::oid", "SELECT $1::product"]),
  ]

  @Test("the attacks on a wall are refused with it and pass without it", arguments: attacks.indices)
  func control(index: Int) throws {
    let (rule, name, codes, statements) = Self.attacks[index]
    let whole = StatementGuard(catalog: Corpus.catalog)
    let holed = StatementGuard(catalog: Corpus.catalog, rules: GuardRules.all.subtracting(rule))
    for statement in statements {
      do throws(Refusal) {
        _ = try whole.check(statement, schema: "app")
        Issue.record("passed: \(statement)")
      } catch { #expect(codes.contains(error.code.name), "\(error.debugDescription)") }
      do throws(Refusal) {
        _ = try holed.check(statement, schema: "app")
      } catch { Issue.record("without \(name) still refused: \(statement) \(error.debugDescription)") }
    }
  }

  @Test("without the tenant's predicate nothing narrows a range")
  func predicate() throws {
    let holed = StatementGuard(catalog: Corpus.catalog, rules: GuardRules.all.subtracting(.tenantPredicate))
    for block in Corpus.accepted {
      let guarded = try holed.check(block.statement, schema: "app")
      #expect(guarded.tenantParameter == nil)
      let report = RangeAudit.report(
        guarded.text, schema: "app", referenceTables: ["currency"], tenantParameter: nil)
      let isNarrowed = block.verdict.hasPrefix("$") || block.rewritten.contains("tenant_id,")
      #expect(!report.faults.isEmpty == isNarrowed, "\(block.place)")
    }
  }
}
