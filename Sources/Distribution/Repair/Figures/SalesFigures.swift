import BulkheadCore

extension DerivedFigures {
  /// What a shipment's line has picked, packed and shipped: its tasks and its packages.
  static let shipmentLines = DerivedFigures(
    table: "shipment_line",
    columns: [
      Column(name: "picked", kind: .quantity, check: "I11b"), Column(name: "packed", kind: .quantity, check: "I12a"),
      Column(name: "shipped", kind: .quantity, check: "I12a"),
    ],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM sales_order AS o
           WHERE o.id IN (SELECT l.order_id FROM shipment_line AS line
                            JOIN sales_order_line AS l ON l.id = line.order_line_id WHERE line.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """)),
      Lock(
        rank: .shipment,
        statement: Statement(
          """
          SELECT s.id FROM shipment AS s
           WHERE s.id IN (SELECT line.shipment_id FROM shipment_line AS line WHERE line.id = ANY ($1::uuid[]))
           ORDER BY s.id FOR UPDATE OF s
          """)),
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.picked, f.picked_due, f.packed, f.packed_due, f.shipped,
             f.shipped_due
        FROM (SELECT line.id, s.number || ' ' || p.sku AS subject,
                     coalesce(done.count, 0)::text || ' tasks, ' || coalesce(boxed.count, 0)::text
                       || ' package items, the shipment is ' || s.state AS proof,
                     line.qty, line.picked, coalesce(done.qty, 0) AS picked_due, line.packed,
                     coalesce(boxed.qty, 0) AS packed_due, line.shipped,
                     CASE WHEN s.state = 'shipped' THEN coalesce(boxed.qty, 0) ELSE 0 END AS shipped_due
                FROM shipment_line AS line
                JOIN shipment AS s ON s.id = line.shipment_id
                JOIN product AS p ON p.id = line.product_id
                LEFT JOIN (SELECT shipment_line_id, sum(picked) AS qty, count(*) AS count FROM pick_task
                            GROUP BY shipment_line_id) AS done ON done.shipment_line_id = line.id
                LEFT JOIN (SELECT i.shipment_line_id, sum(i.qty) AS qty, count(*) AS count
                             FROM package_item AS i JOIN package AS box ON box.id = i.package_id
                            WHERE box.state <> 'void' GROUP BY i.shipment_line_id) AS boxed
                  ON boxed.shipment_line_id = line.id
               WHERE s.state <> 'cancelled') AS f
       WHERE (f.picked <> f.picked_due OR f.packed <> f.packed_due OR f.shipped <> f.shipped_due)
         AND f.packed_due <= f.picked_due AND f.picked_due <= f.qty
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE shipment_line AS line SET picked = n.picked, packed = n.packed, shipped = n.shipped
        FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[]) AS n (id, picked, packed, shipped)
       WHERE line.id = n.id
      """))

  /// What a return's line received: what was counted.
  static let returnLines = DerivedFigures(
    table: "customer_return_line",
    columns: [
      Column(name: "received", kind: .quantity, check: "R5"), Column(name: "value_minor", kind: .minor, check: "R5"),
    ],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM sales_order AS o
           WHERE o.id IN (SELECT r.order_id FROM customer_return_line AS line
                            JOIN customer_return AS r ON r.id = line.return_id WHERE line.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.received, f.received_due, f.value, f.value_due::bigint
        FROM (SELECT l.id, r.number || ' line ' || l.line_no::text AS subject,
                     coalesce(counted.count, 0)::text || ' counts' AS proof, l.authorised, l.credited, l.received,
                     coalesce(counted.qty, 0) AS received_due, l.value_minor AS value,
                     coalesce(counted.value_minor, 0) AS value_due
                FROM customer_return_line AS l
                JOIN customer_return AS r ON r.id = l.return_id
                LEFT JOIN (SELECT line_id, sum(qty) AS qty, sum(value_minor) AS value_minor, count(*) AS count
                             FROM customer_return_item GROUP BY line_id) AS counted ON counted.line_id = l.id) AS f
       WHERE (f.received <> f.received_due OR f.value <> f.value_due)
         AND f.received_due BETWEEN f.credited AND f.authorised AND (f.received_due > 0 OR f.value_due = 0)
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE customer_return_line AS l SET received = n.received, value_minor = n.value
        FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, received, value)
       WHERE l.id = n.id
      """))

  /// The counters of an order's line: reservations, shipments, returns and invoices. What is left of what was ordered
  /// is open.
  static let orderLines = DerivedFigures(
    table: "sales_order_line",
    columns: [
      Column(name: "open", kind: .quantity, check: "I8"), Column(name: "backordered", kind: .quantity, check: "I8"),
      Column(name: "reserved", kind: .quantity, check: "I8a"), Column(name: "shipped", kind: .quantity, check: "I11"),
      Column(name: "returned", kind: .quantity, check: "R1"), Column(name: "invoiced", kind: .quantity, check: "F6"),
      Column(name: "credited", kind: .quantity, check: "F6"),
    ],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM sales_order AS o
           WHERE o.id IN (SELECT l.order_id FROM sales_order_line AS l WHERE l.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.open, f.open_due, f.backordered,
             CASE WHEN f.backordered = f.open THEN f.open_due ELSE least(f.backordered, f.open_due) END,
             f.reserved, f.reserved_due, f.shipped, f.shipped_due, f.returned, f.returned_due, f.invoiced,
             f.invoiced_due, f.credited, f.credited_due
        FROM (SELECT l.id, o.number || ' line ' || l.line_no::text AS subject,
                     coalesce(held.count, 0)::text || ' reservations, ' || coalesce(gone.count, 0)::text
                       || ' shipment lines, ' || coalesce(back.count, 0)::text || ' return lines, '
                       || coalesce(billed.count, 0)::text || ' invoice lines' AS proof,
                     l.ordered - l.cancelled AS wanted, l.open,
                     l.ordered - l.cancelled - coalesce(held.qty, 0) - coalesce(gone.qty, 0) AS open_due,
                     l.backordered, l.reserved, coalesce(held.qty, 0) AS reserved_due, l.shipped,
                     coalesce(gone.qty, 0) AS shipped_due, l.returned, coalesce(back.qty, 0) AS returned_due,
                     l.invoiced, coalesce(billed.invoiced, 0) AS invoiced_due, l.credited,
                     coalesce(billed.credited, 0) AS credited_due
                FROM sales_order_line AS l
                JOIN sales_order AS o ON o.id = l.order_id
                LEFT JOIN (SELECT order_line_id, sum(qty) AS qty, count(*) AS count FROM stock_reservation
                            WHERE state IN ('active', 'picked') GROUP BY order_line_id) AS held
                  ON held.order_line_id = l.id
                LEFT JOIN (SELECT order_line_id, sum(shipped) AS qty, count(*) AS count FROM shipment_line
                            WHERE shipped > 0 GROUP BY order_line_id) AS gone ON gone.order_line_id = l.id
                LEFT JOIN (SELECT order_line_id, sum(received) AS qty, count(*) AS count FROM customer_return_line
                            WHERE received > 0 GROUP BY order_line_id) AS back ON back.order_line_id = l.id
                LEFT JOIN (SELECT d.order_line_id, count(*) AS count,
                                  sum(CASE WHEN i.kind = 'invoice' THEN d.qty ELSE 0 END) AS invoiced,
                                  sum(CASE WHEN i.kind = 'credit_note' THEN d.qty ELSE 0 END) AS credited
                             FROM invoice AS i JOIN invoice_line AS d ON d.invoice_id = i.id
                            WHERE i.number IS NOT NULL GROUP BY d.order_line_id) AS billed
                  ON billed.order_line_id = l.id) AS f
       WHERE (f.reserved <> f.reserved_due OR f.shipped <> f.shipped_due OR f.returned <> f.returned_due
              OR f.invoiced <> f.invoiced_due OR f.credited <> f.credited_due OR f.open <> f.open_due)
         AND f.open_due >= 0 AND f.returned_due <= f.shipped_due AND f.invoiced_due <= f.wanted
         AND f.credited_due <= f.invoiced_due
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE sales_order_line AS l
         SET open = n.open, backordered = n.backordered, reserved = n.reserved, shipped = n.shipped,
             returned = n.returned, invoiced = n.invoiced, credited = n.credited
        FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[],
                    $7::numeric[], $8::numeric[])
             AS n (id, open, backordered, reserved, shipped, returned, invoiced, credited)
       WHERE l.id = n.id
      """))

  /// An order's total: its lines.
  static let orderTotals = DerivedFigures(
    table: "sales_order", columns: [Column(name: "total_minor", kind: .minor, check: "I8b")],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          "SELECT o.id FROM sales_order AS o WHERE o.id = ANY ($1::uuid[]) ORDER BY o.id FOR UPDATE OF o"))
    ],
    find: Statement(
      """
      SELECT o.id, NULL::uuid, o.number, sums.count::text || ' lines', o.total_minor, sums.minor::bigint
        FROM sales_order AS o
        JOIN (SELECT order_id, sum(amount_minor) AS minor, count(*) AS count FROM sales_order_line
               GROUP BY order_id) AS sums ON sums.order_id = o.id
       WHERE o.total_minor <> sums.minor
       ORDER BY o.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE sales_order AS o SET total_minor = n.minor, version = o.version + 1
        FROM unnest($1::uuid[], $2::bigint[]) AS n (id, minor)
       WHERE o.id = n.id
      """))
}
