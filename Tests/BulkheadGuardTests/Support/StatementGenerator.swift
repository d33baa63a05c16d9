@testable import BulkheadGuard

/// Random statements over the test tables, each with a result that does not depend on the order of rows.
struct StatementGenerator {
  var random: SeededGenerator

  mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func statement() -> String {
    switch number(0...9) {
    case 0...2: select()
    case 3: setOperation()
    case 4: with()
    case 5...6: update()
    case 7: delete()
    case 8: insert()
    default: locking()
    }
  }

  mutating func condition(_ alias: String, table: String) -> String {
    let name = alias
    let simple =
      switch table {
      case "product":
        pick([
          "\(name).price > \(number(0...20))", "\(name).active", "'t1' = ANY (\(name).tags)",
          "\(name).name LIKE '%\(number(0...6))'", "\(name).version IN (0, \(number(1...2)))",
          "\(name).meta ->> 'k' = '\(number(1...24))'",
        ])
      case "stock": pick(["\(name).quantity >= \(number(0...10))", "\(name).bin <> 'bin \(number(1...24))'"])
      case "orders": pick(["\(name).status = 'new'", "\(name).placed_at > '2026-01-\(number(10...28))'"])
      default: pick(["\(name).quantity < \(number(0...9))", "\(name).price BETWEEN 2 AND \(number(3...12))"])
      }
    switch number(0...7) {
    case 0: return "NOT \(simple)"
    case 1: return "\(simple) OR \(name).id = '\(TestTables.id(number(1...4), number(1...24)))'"
    case 2: return "EXISTS (SELECT 1 FROM stock x WHERE x.quantity > \(number(0...10)) AND x.id <> \(name).id)"
    case 3: return "\(name).id IN (SELECT y.product_id FROM order_line y WHERE y.quantity > \(number(0...8)))"
    case 4: return "(SELECT count(*) FROM orders z WHERE z.status = 'paid') > \(number(0...12))"
    default: return simple
    }
  }

  mutating func select() -> String {
    let kind = pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
    let filter = number(0...1) == 0 ? "WHERE \(condition("p", table: "product"))" : ""
    switch number(0...5) {
    case 0: return "SELECT count(*), sum(p.price), count(DISTINCT p.name) FROM product p \(filter)"
    case 1: return "SELECT p.id, s.id, s.quantity FROM product p \(kind) stock s ON s.product_id = p.id \(filter)"
    case 2:
      return "SELECT p.name, count(l.id), max(s.quantity) FROM product p \(kind) order_line l ON l.product_id = p.id "
        + "LEFT JOIN (stock s JOIN orders o ON o.placed_at > '2026-01-09') ON s.product_id = p.id \(filter) "
        + "GROUP BY p.name"
    case 3:
      return "SELECT p.id, x.total FROM product p LEFT JOIN LATERAL (SELECT sum(s.quantity) AS total FROM stock s "
        + "WHERE s.product_id = p.id) x ON true \(filter)"
    case 4:
      return
        "SELECT p.id, rank() OVER (ORDER BY p.price), sum(p.price) OVER (PARTITION BY p.name) FROM product p \(filter)"
    default:
      return "SELECT p.id, c.name FROM product p, currency c, unnest(p.tags) AS t (tag) WHERE c.code = p.currency "
        + "AND t.tag <> 't\(number(0...2))' ORDER BY p.id, c.name LIMIT \(number(1...20))"
    }
  }

  mutating func setOperation() -> String {
    let operation = pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT", "EXCEPT ALL"])
    return "SELECT p.id FROM product p WHERE \(condition("p", table: "product")) \(operation) "
      + "SELECT l.product_id FROM order_line l WHERE \(condition("l", table: "order_line"))"
  }

  mutating func with() -> String {
    switch number(0...2) {
    case 0:
      return "WITH RECURSIVE t AS (SELECT p.id FROM product p WHERE p.id = '\(TestTables.id(1, number(1...6)))' UNION "
        + "SELECT c.id FROM product c JOIN t ON c.parent_id = t.id WHERE c.active) SELECT t.id FROM t"
    case 1:
      return "WITH a AS (SELECT s.product_id, s.quantity FROM stock s WHERE \(condition("s", table: "stock"))), "
        + "b AS MATERIALIZED (SELECT a.product_id FROM a WHERE a.quantity > 2) "
        + "SELECT p.id FROM product p WHERE p.id IN (SELECT product_id FROM b)"
    default:
      return
        "WITH gone AS (DELETE FROM order_line l WHERE \(condition("l", table: "order_line")) "
        + "RETURNING l.id, l.quantity) "
        + "UPDATE stock SET quantity = stock.quantity + (SELECT coalesce(sum(g.quantity), 0) FROM gone g)"
    }
  }

  mutating func update() -> String {
    switch number(0...3) {
    case 0: return "UPDATE product SET version = version + 1 WHERE \(condition("product", table: "product"))"
    case 1:
      return "UPDATE stock s SET quantity = 0 FROM product p WHERE p.id = s.product_id AND "
        + "(\(condition("p", table: "product"))) RETURNING s.id, p.name"
    case 2:
      return "UPDATE product p SET (price, note) = (SELECT count(*), max(s.bin) FROM stock s WHERE s.product_id = p.id)"
    default: return "UPDATE orders AS o SET status = 'done' WHERE \(condition("o", table: "orders")) RETURNING o.id"
    }
  }

  mutating func delete() -> String {
    switch number(0...2) {
    case 0: return "DELETE FROM stock WHERE \(condition("stock", table: "stock"))"
    case 1:
      return "DELETE FROM order_line l USING orders o WHERE o.id = l.order_id AND \(condition("o", table: "orders")) "
        + "RETURNING l.id"
    default: return "DELETE FROM orders"
    }
  }

  mutating func insert() -> String {
    let id = TestTables.id(9, number(1...9))
    let sku = "sku \(number(1...40))"
    switch number(0...3) {
    case 0:
      return "INSERT INTO product (id, sku, name) VALUES ('\(id)', '\(sku)', 'n') ON CONFLICT (sku) "
        + "DO UPDATE SET name = excluded.name, version = product.version + 1 RETURNING id, version"
    case 1:
      return "INSERT INTO product (id, sku, name) VALUES ('\(id)', '\(sku)', 'n') ON CONFLICT DO NOTHING RETURNING id"
    case 2:
      return
        "INSERT INTO stock (id, product_id, quantity, bin) SELECT o.id, l.product_id, l.quantity, 'b' || o.id::text "
        + "FROM orders o JOIN order_line l ON l.id = '\(TestTables.id(4, number(1...24)))' "
        + "WHERE \(condition("o", table: "orders"))"
    default:
      return "INSERT INTO product AS p (id, sku, version) VALUES ('\(id)', '\(sku)', 7) ON CONFLICT ON CONSTRAINT "
        + "product_sku_key DO UPDATE SET version = 9 WHERE p.price > \(number(0...19)) OR p.active RETURNING p.id"
    }
  }

  mutating func locking() -> String {
    let clause = pick(["FOR UPDATE", "FOR UPDATE OF s SKIP LOCKED", "FOR SHARE OF p", "FOR NO KEY UPDATE NOWAIT"])
    return "SELECT s.id, p.name FROM stock s JOIN product p ON p.id = s.product_id "
      + "WHERE \(condition("s", table: "stock")) ORDER BY s.id, p.name \(clause)"
  }
}
