import BulkheadCore

/// A statement as a module writes it, and what a careful person would have written by hand for a database without row
/// security. `tenant` is the last parameter of the latter.
struct StatementCase {
  let name: String
  let statement: Statement
  let handWritten: String
  let aim: Aim
  /// Sent between BEGIN and COMMIT, as the product sends what writes.
  var writes = false

  /// What the bound and guarded statement may cost more, in backend CPU.
  enum Aim {
    case microseconds(Double)
    case ratio(Double)
    case none
  }

  static let all = [
    StatementCase(
      name: "point read", statement: "SELECT l.sku, l.quantity FROM bench_line l WHERE l.id = $1",
      handWritten: "SELECT l.sku, l.quantity FROM bench.bench_line l WHERE l.id = $1 AND l.tenant_id = $2",
      aim: .microseconds(15)),
    StatementCase(
      name: "range, 250 rows",
      statement: """
        SELECT l.id, l.sku, l.quantity FROM bench_line l WHERE l.placed_on >= $1 AND l.placed_on < $2
        ORDER BY l.placed_on
        """,
      handWritten: """
        SELECT l.id, l.sku, l.quantity FROM bench.bench_line l WHERE l.placed_on >= $1 AND l.placed_on < $2
        AND l.tenant_id = $3 ORDER BY l.placed_on
        """, aim: .ratio(1.10)),
    StatementCase(
      name: "range, 1,250 rows",
      statement: """
        SELECT l.id, l.sku, l.quantity FROM bench_line l WHERE l.placed_on >= $1 AND l.placed_on < $2
        ORDER BY l.placed_on
        """,
      handWritten: """
        SELECT l.id, l.sku, l.quantity FROM bench.bench_line l WHERE l.placed_on >= $1 AND l.placed_on < $2
        AND l.tenant_id = $3 ORDER BY l.placed_on
        """, aim: .ratio(1.10)),
    StatementCase(
      name: "aggregate, 1,250 rows",
      statement: "SELECT l.sku, count(*), sum(l.quantity) FROM bench_line l WHERE l.quantity > $1 GROUP BY l.sku",
      handWritten: """
        SELECT l.sku, count(*), sum(l.quantity) FROM bench.bench_line l WHERE l.quantity > $1 AND l.tenant_id = $2
        GROUP BY l.sku
        """, aim: .ratio(1.10)),
    StatementCase(
      name: "join, 125 rows",
      statement: """
        SELECT o.number, l.sku, l.quantity FROM bench_order o JOIN bench_line l ON l.order_id = o.id
        WHERE o.customer = $1 ORDER BY o.number, l.sku
        """,
      handWritten: """
        SELECT o.number, l.sku, l.quantity FROM bench.bench_order o
        JOIN bench.bench_line l ON l.order_id = o.id AND l.tenant_id = o.tenant_id
        WHERE o.customer = $1 AND o.tenant_id = $2 ORDER BY o.number, l.sku
        """, aim: .ratio(1.10)),
    StatementCase(
      name: "join, 1,250 rows",
      statement: """
        SELECT o.number, l.sku, l.quantity FROM bench_order o JOIN bench_line l ON l.order_id = o.id
        WHERE l.quantity > $1 ORDER BY o.number, l.sku
        """,
      handWritten: """
        SELECT o.number, l.sku, l.quantity FROM bench.bench_order o
        JOIN bench.bench_line l ON l.order_id = o.id AND l.tenant_id = o.tenant_id
        WHERE l.quantity > $1 AND o.tenant_id = $2 ORDER BY o.number, l.sku
        """, aim: .ratio(1.10)),
    StatementCase(
      name: "insert", statement: "INSERT INTO bench_order (id, number, customer) VALUES ($1, 0, 'new')",
      handWritten: "INSERT INTO bench.bench_order (id, number, customer, tenant_id) VALUES ($1, 0, 'new', $2)",
      aim: .none, writes: true),
  ]

  /// The parameters of one run; the tenant's is added by who sends it.
  func parameters(_ random: inout some RandomNumberGenerator, newID: EntityID) -> [SQLValue] {
    switch name {
    case "point read": [.id(BenchTables.line(Int.random(in: 1...BenchTables.linesEach, using: &random)))]
    case "range, 250 rows": [.int(10), .int(30)]
    case "range, 1,250 rows": [.int(0), .int(100)]
    case "aggregate, 1,250 rows", "join, 1,250 rows": [.int(0)]
    case "join, 125 rows": [.text("customer \(Int.random(in: 0..<10, using: &random))")]
    default: [.id(newID)]
    }
  }
}
