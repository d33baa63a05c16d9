/// A statement, and what a careful person would have written by hand.
struct PlanPair: Sendable {
  let statement: String
  let handWritten: String

  static let all: [PlanPair] = [
    PlanPair(
      statement: "SELECT name FROM product WHERE id = $1",
      handWritten: "SELECT name FROM planned.product WHERE id = $1 AND product.tenant_id = $2"),
    PlanPair(
      statement: """
        SELECT p.name, s.quantity FROM product p LEFT JOIN stock s ON s.product_id = p.id AND s.quantity > 0
        WHERE p.id = $1 ORDER BY p.name
        """,
      handWritten: """
        SELECT p.name, s.quantity FROM planned.product p
        LEFT JOIN planned.stock s ON s.product_id = p.id AND s.quantity > 0 AND s.tenant_id = $2
        WHERE p.id = $1 AND p.tenant_id = $2 ORDER BY p.name
        """),
    PlanPair(
      statement: "SELECT id FROM stock WHERE quantity > 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
      handWritten: """
        SELECT id FROM planned.stock WHERE stock.tenant_id = $1 AND quantity > 0 ORDER BY id LIMIT 1
        FOR UPDATE SKIP LOCKED
        """),
    PlanPair(
      statement: """
        SELECT s.id FROM stock s JOIN product p ON p.id = s.product_id WHERE s.id = $1 ORDER BY s.quantity
        FOR UPDATE OF s
        """,
      handWritten: """
        SELECT s.id FROM planned.stock s JOIN planned.product p ON p.id = s.product_id
        WHERE s.tenant_id = $2 AND p.tenant_id = $2 AND s.id = $1 ORDER BY s.quantity FOR UPDATE OF s
        """),
    PlanPair(
      statement: "UPDATE stock s SET quantity = 1 FROM product p WHERE p.id = s.product_id AND p.id = $1",
      handWritten: """
        UPDATE planned.stock s SET quantity = 1 FROM planned.product p
        WHERE p.tenant_id = $2 AND p.id = s.product_id AND p.id = $1 AND s.tenant_id = $2
        """),
    PlanPair(
      statement: "DELETE FROM stock s USING product p WHERE p.id = s.product_id AND p.id = $1",
      handWritten: """
        DELETE FROM planned.stock s USING planned.product p
        WHERE p.tenant_id = $2 AND p.id = s.product_id AND p.id = $1 AND s.tenant_id = $2
        """),
    PlanPair(
      statement: """
        SELECT p.id FROM product p WHERE p.id = $1 AND NOT EXISTS (SELECT 1 FROM stock s WHERE s.product_id = p.id)
        """,
      handWritten: """
        SELECT p.id FROM planned.product p WHERE p.id = $1 AND NOT EXISTS
        (SELECT 1 FROM planned.stock s WHERE s.product_id = p.id AND s.tenant_id = $2) AND p.tenant_id = $2
        """),
    PlanPair(
      statement: """
        SELECT p.id, x.total FROM product p
        LEFT JOIN LATERAL (SELECT sum(s.quantity) AS total FROM stock s WHERE s.product_id = p.id) x ON true
        WHERE p.id = $1
        """,
      handWritten: """
        SELECT p.id, x.total FROM planned.product p LEFT JOIN LATERAL
        (SELECT sum(s.quantity) AS total FROM planned.stock s WHERE s.product_id = p.id AND s.tenant_id = $2) x ON true
        WHERE p.id = $1 AND p.tenant_id = $2
        """),
    PlanPair(
      statement: "SELECT id FROM stock WHERE product_id IN (SELECT l.product_id FROM order_line l WHERE l.id = $1)",
      handWritten: """
        SELECT id FROM planned.stock WHERE product_id IN
        (SELECT l.product_id FROM planned.order_line l WHERE l.id = $1 AND l.tenant_id = $2) AND stock.tenant_id = $2
        """),
    PlanPair(
      statement: """
        SELECT o.id, l.id, p.name FROM orders o JOIN order_line l ON l.id = o.id
        RIGHT JOIN product p ON p.id = o.id WHERE p.id = $1
        """,
      handWritten: """
        SELECT o.id, l.id, p.name FROM planned.orders o
        JOIN planned.order_line l ON l.id = o.id AND l.tenant_id = $2 AND o.tenant_id = $2
        RIGHT JOIN planned.product p ON p.id = o.id WHERE p.id = $1 AND p.tenant_id = $2
        """),
    PlanPair(
      statement: "SELECT count(*), sum(quantity) FROM stock WHERE product_id = $1",
      handWritten: """
        SELECT count(*), sum(quantity) FROM planned.stock WHERE product_id = $1 AND stock.tenant_id = $2
        """),
    PlanPair(
      statement: """
        WITH RECURSIVE t AS (SELECT p.id FROM product p WHERE p.id = $1 UNION ALL
        SELECT s.product_id FROM stock s JOIN t ON s.product_id = t.id AND s.quantity > 100) SELECT id FROM t
        """,
      handWritten: """
        WITH RECURSIVE t AS (SELECT p.id FROM planned.product p WHERE p.id = $1 AND p.tenant_id = $2 UNION ALL
        SELECT s.product_id FROM planned.stock s JOIN t ON s.product_id = t.id AND s.quantity > 100
        AND s.tenant_id = $2) SELECT id FROM t
        """),
    PlanPair(
      statement: "SELECT id FROM product WHERE id = $1 UNION ALL SELECT product_id FROM stock WHERE product_id = $1",
      handWritten: """
        SELECT id FROM planned.product WHERE id = $1 AND product.tenant_id = $2
        UNION ALL SELECT product_id FROM planned.stock WHERE product_id = $1 AND stock.tenant_id = $2
        """),
    PlanPair(
      statement: """
        INSERT INTO product (id, sku) SELECT s.id, s.bin FROM stock s WHERE s.product_id = $1
        ON CONFLICT (sku) DO UPDATE SET version = 1
        """,
      handWritten: """
        INSERT INTO planned.product (id, sku) SELECT s.id, s.bin FROM planned.stock s
        WHERE s.product_id = $1 AND s.tenant_id = $2
        ON CONFLICT (tenant_id, sku) DO UPDATE SET version = 1 WHERE product.tenant_id = $2
        """),
    PlanPair(
      statement: """
        MERGE INTO product p USING (SELECT s.product_id, s.bin FROM stock s WHERE s.id = $1) q ON p.id = q.product_id
        WHEN MATCHED THEN UPDATE SET note = q.bin WHEN NOT MATCHED THEN INSERT (id, sku) VALUES (q.product_id, q.bin)
        """,
      handWritten: """
        MERGE INTO planned.product p USING
        (SELECT s.product_id, s.bin FROM planned.stock s WHERE s.id = $1 AND s.tenant_id = $2) q
        ON p.id = q.product_id AND p.tenant_id = $2
        WHEN MATCHED THEN UPDATE SET note = q.bin WHEN NOT MATCHED THEN INSERT (id, sku) VALUES (q.product_id, q.bin)
        """),
  ]
}
