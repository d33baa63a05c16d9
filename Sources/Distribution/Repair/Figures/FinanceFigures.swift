import BulkheadCore

extension DerivedFigures {
  /// What is open of an invoice, and with it whether it is paid: what settles it.
  static let invoices = DerivedFigures(
    table: "invoice", columns: [Column(name: "open_minor", kind: .minor, check: "F5")],
    locks: [
      Lock(
        rank: .credit,
        statement: Statement(
          """
          SELECT a.customer_id FROM credit_account AS a
           WHERE a.customer_id IN (SELECT i.customer_id FROM invoice AS i WHERE i.id = ANY ($1::uuid[]))
           ORDER BY a.customer_id FOR UPDATE OF a
          """)),
      Lock(
        rank: .invoice,
        statement: Statement(
          "SELECT i.id FROM invoice AS i WHERE i.id = ANY ($1::uuid[]) ORDER BY i.id FOR UPDATE OF i")),
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.number, f.proof, f.open, f.open_due::bigint
        FROM (SELECT i.id, i.number, i.total_minor, i.open_minor AS open,
                     i.total_minor - coalesce(settled.minor, 0) AS open_due,
                     coalesce(settled.count, 0)::text || ' allocations' AS proof
                FROM invoice AS i
                LEFT JOIN (SELECT part.id, sum(part.minor) AS minor, count(*) AS count
                             FROM (SELECT invoice_id AS id, amount_minor AS minor FROM allocation
                                   UNION ALL
                                   SELECT credit_note_id, amount_minor FROM allocation
                                    WHERE credit_note_id IS NOT NULL) AS part
                            GROUP BY part.id) AS settled ON settled.id = i.id
               WHERE i.number IS NOT NULL) AS f
       WHERE f.open <> f.open_due AND f.open_due BETWEEN 0 AND f.total_minor
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE invoice AS i
         SET open_minor = n.minor, status = CASE WHEN n.minor = 0 THEN 'paid' ELSE 'posted' END,
             version = i.version + 1
        FROM unnest($1::uuid[], $2::bigint[]) AS n (id, minor)
       WHERE i.id = n.id
      """))

  /// What is on account of a payment: its amount less what it settles.
  static let payments = DerivedFigures(
    table: "payment", columns: [Column(name: "open_minor", kind: .minor, check: "F5a")],
    locks: [
      Lock(
        rank: .credit,
        statement: Statement(
          """
          SELECT a.customer_id FROM credit_account AS a
           WHERE a.customer_id IN (SELECT p.party_id FROM payment AS p WHERE p.id = ANY ($1::uuid[]))
           ORDER BY a.customer_id FOR UPDATE OF a
          """)),
      Lock(
        rank: .payment,
        statement: Statement(
          "SELECT p.id FROM payment AS p WHERE p.id = ANY ($1::uuid[]) ORDER BY p.id FOR UPDATE OF p")),
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.number, f.proof, f.open, f.open_due::bigint
        FROM (SELECT p.id, p.number, p.amount_minor, p.open_minor AS open,
                     p.amount_minor - coalesce(settled.minor, 0) AS open_due,
                     coalesce(settled.count, 0)::text || ' allocations' AS proof
                FROM payment AS p
                LEFT JOIN (SELECT payment_id, sum(amount_minor) AS minor, count(*) AS count FROM allocation
                            GROUP BY payment_id) AS settled ON settled.payment_id = p.id
               WHERE p.status <> 'bounced') AS f
       WHERE f.open <> f.open_due AND f.open_due BETWEEN 0 AND f.amount_minor
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE payment AS p SET open_minor = n.minor, version = p.version + 1
        FROM unnest($1::uuid[], $2::bigint[]) AS n (id, minor)
       WHERE p.id = n.id
      """))

  /// What a customer owes and has been promised.
  static let creditAccounts = DerivedFigures(
    table: "credit_account",
    columns: [
      Column(name: "open_orders_minor", kind: .minor, check: "I9"),
      Column(name: "open_receivable_minor", kind: .minor, check: "F4"),
    ],
    locks: [
      Lock(
        rank: .credit,
        statement: Statement(
          """
          SELECT a.customer_id FROM credit_account AS a WHERE a.customer_id = ANY ($1::uuid[])
           ORDER BY a.customer_id FOR UPDATE OF a
          """))
    ],
    find: Statement(
      """
      SELECT f.customer_id, NULL::uuid, f.code, f.proof, f.orders, f.orders_due::bigint, f.owed, f.owed_due::bigint
        FROM (SELECT a.customer_id, customer.code, a.open_orders_minor AS orders,
                     coalesce(promised.minor, 0) AS orders_due, a.open_receivable_minor AS owed,
                     coalesce(owed.minor, 0) AS owed_due,
                     coalesce(promised.count, 0)::text || ' open orders, ' || coalesce(owed.count, 0)::text
                       || ' open documents' AS proof
                FROM credit_account AS a
                JOIN party AS customer ON customer.id = a.customer_id
                LEFT JOIN (SELECT customer_id, sum(exposure_minor) AS minor, count(*) AS count FROM sales_order
                            WHERE exposure_minor <> 0 GROUP BY customer_id) AS promised
                  ON promised.customer_id = a.customer_id
                LEFT JOIN (SELECT part.customer_id, sum(part.open) AS minor, count(*) AS count
                             FROM (SELECT customer_id,
                                          CASE WHEN kind = 'invoice' THEN open_minor ELSE -open_minor END AS open
                                     FROM invoice WHERE open_minor <> 0
                                   UNION ALL
                                   SELECT party_id,
                                          CASE WHEN direction = 'received' THEN -open_minor ELSE open_minor END
                                     FROM payment WHERE book = 'receivable' AND open_minor <> 0) AS part
                            GROUP BY part.customer_id) AS owed ON owed.customer_id = a.customer_id) AS f
       WHERE f.orders <> f.orders_due OR f.owed <> f.owed_due
       ORDER BY f.customer_id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE credit_account AS a
         SET open_orders_minor = n.orders, open_receivable_minor = n.owed, version = a.version + 1
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n (id, orders, owed)
       WHERE a.customer_id = n.id
      """))
}
