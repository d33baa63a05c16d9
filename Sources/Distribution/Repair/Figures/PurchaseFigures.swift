import BulkheadCore

extension DerivedFigures {
  /// What invoices have settled of a receipt's line, and what of it went back.
  static let receiptLines = DerivedFigures(
    table: "receipt_line",
    columns: [
      Column(name: "invoiced", kind: .quantity, check: "P2"), Column(name: "cleared_minor", kind: .minor, check: "P2"),
      Column(name: "returned_open", kind: .quantity, check: "P6a"),
      Column(name: "returned_open_minor", kind: .minor, check: "P6a"),
      Column(name: "returned_billed", kind: .quantity, check: "P6a"),
      Column(name: "returned_billed_minor", kind: .minor, check: "P6a"),
    ],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM purchase_order AS o
           WHERE o.id IN (SELECT r.order_id FROM receipt_line AS line JOIN receipt AS r ON r.id = line.receipt_id
                           WHERE line.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.invoiced, f.invoiced_due, f.cleared, f.cleared_due::bigint,
             f.back_open, f.back_open_due, f.back_open_minor, f.back_open_minor_due::bigint, f.back_billed,
             f.back_billed_due, f.back_billed_minor, f.back_billed_minor_due::bigint
        FROM (SELECT line.id, r.number || ' line ' || line.line_no::text AS subject,
                     coalesce(settled.count, 0)::text || ' matches of invoices, ' || coalesce(back.count, 0)::text
                       || ' return lines' AS proof,
                     line.qty, line.value_minor, line.invoiced, coalesce(settled.qty, 0) AS invoiced_due,
                     line.cleared_minor AS cleared, coalesce(settled.cleared, 0) AS cleared_due,
                     line.returned_open AS back_open, coalesce(back.open_qty, 0) AS back_open_due,
                     line.returned_open_minor AS back_open_minor, coalesce(back.open_minor, 0) AS back_open_minor_due,
                     line.returned_billed AS back_billed, coalesce(back.billed_qty, 0) AS back_billed_due,
                     line.returned_billed_minor AS back_billed_minor,
                     coalesce(back.billed_minor, 0) AS back_billed_minor_due
                FROM receipt_line AS line
                JOIN receipt AS r ON r.id = line.receipt_id
                LEFT JOIN (SELECT receipt_line_id, sum(qty) AS qty, sum(cleared_minor) AS cleared, count(*) AS count
                             FROM supplier_invoice_match GROUP BY receipt_line_id) AS settled
                  ON settled.receipt_line_id = line.id
                LEFT JOIN (SELECT receipt_line_id, sum(open_qty) AS open_qty, sum(open_minor) AS open_minor,
                                  sum(qty - open_qty) AS billed_qty, sum(billed_minor) AS billed_minor,
                                  count(*) AS count
                             FROM supplier_return_line WHERE move_id IS NOT NULL GROUP BY receipt_line_id) AS back
                  ON back.receipt_line_id = line.id) AS f
       WHERE (f.invoiced <> f.invoiced_due OR f.cleared <> f.cleared_due OR f.back_open <> f.back_open_due
              OR f.back_open_minor <> f.back_open_minor_due OR f.back_billed <> f.back_billed_due
              OR f.back_billed_minor <> f.back_billed_minor_due)
         AND f.invoiced_due + f.back_open_due <= f.qty AND f.cleared_due + f.back_open_minor_due <= f.value_minor
         AND f.back_billed_due <= f.invoiced_due AND f.back_billed_minor_due <= f.cleared_due
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE receipt_line AS line
         SET invoiced = n.invoiced, cleared_minor = n.cleared, returned_open = n.back_open,
             returned_open_minor = n.back_open_minor, returned_billed = n.back_billed,
             returned_billed_minor = n.back_billed_minor
        FROM unnest($1::uuid[], $2::numeric[], $3::bigint[], $4::numeric[], $5::bigint[], $6::numeric[], $7::bigint[])
             AS n (id, invoiced, cleared, back_open, back_open_minor, back_billed, back_billed_minor)
       WHERE line.id = n.id
      """))

  /// What has come of an order's line and gone back, and what of it invoices have cleared.
  static let purchaseLines = DerivedFigures(
    table: "purchase_order_line",
    columns: [
      Column(name: "received", kind: .quantity, check: "P1a"),
      Column(name: "received_minor", kind: .minor, check: "P1a"),
      Column(name: "invoiced", kind: .quantity, check: "P2"), Column(name: "cleared_minor", kind: .minor, check: "P2"),
      Column(name: "returned", kind: .quantity, check: "P6"),
      Column(name: "returned_open", kind: .quantity, check: "P6"),
      Column(name: "returned_minor", kind: .minor, check: "P6"),
      Column(name: "credited_minor", kind: .minor, check: "P6"),
    ],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM purchase_order AS o
           WHERE o.id IN (SELECT l.order_id FROM purchase_order_line AS l WHERE l.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.received, f.received_due, f.value, f.value_due::bigint,
             f.invoiced, f.invoiced_due, f.cleared, f.cleared_due::bigint, f.returned, f.returned_due, f.back_open,
             f.back_open_due, f.back_minor, f.back_minor_due::bigint, f.credited, f.credited_due::bigint
        FROM (SELECT l.id, o.number || ' line ' || l.line_no::text AS subject,
                     coalesce(came.count, 0)::text || ' receipt lines, the latest ' || coalesce(came.latest, 'none')
                       || '; ' || coalesce(back.count, 0)::text || ' return lines' AS proof,
                     l.receivable, l.reopened, l.received, coalesce(came.qty, 0) AS received_due,
                     l.received_minor AS value, coalesce(came.value_minor, 0) AS value_due, l.invoiced,
                     coalesce(came.invoiced, 0) AS invoiced_due, l.cleared_minor AS cleared,
                     coalesce(came.cleared, 0) AS cleared_due, l.returned, coalesce(back.qty, 0) AS returned_due,
                     l.returned_open AS back_open, coalesce(back.open_qty, 0) AS back_open_due,
                     l.returned_minor AS back_minor, coalesce(back.value_minor, 0) AS back_minor_due,
                     l.credited_minor AS credited, coalesce(back.credited, 0) AS credited_due
                FROM purchase_order_line AS l
                JOIN purchase_order AS o ON o.id = l.order_id
                LEFT JOIN (SELECT order_line_id, sum(qty) AS qty, sum(value_minor) AS value_minor, count(*) AS count,
                                  sum(invoiced) AS invoiced, sum(cleared_minor) AS cleared, max(id::text) AS latest
                             FROM receipt_line GROUP BY order_line_id) AS came ON came.order_line_id = l.id
                LEFT JOIN (SELECT line.order_line_id, sum(line.qty) AS qty, sum(line.open_qty) AS open_qty,
                                  sum(line.open_minor + line.billed_minor) AS value_minor, count(*) AS count,
                                  sum(CASE WHEN r.credit_number IS NOT NULL THEN line.billed_minor ELSE 0 END)
                                    AS credited
                             FROM supplier_return AS r JOIN supplier_return_line AS line ON line.return_id = r.id
                            WHERE line.move_id IS NOT NULL GROUP BY line.order_line_id) AS back
                  ON back.order_line_id = l.id) AS f
       WHERE (f.received <> f.received_due OR f.value <> f.value_due OR f.invoiced <> f.invoiced_due
              OR f.cleared <> f.cleared_due OR f.returned <> f.returned_due OR f.back_open <> f.back_open_due
              OR f.back_minor <> f.back_minor_due OR f.credited <> f.credited_due)
         AND f.received_due - f.reopened BETWEEN 0 AND f.receivable AND f.reopened <= f.returned_due
         AND f.returned_due <= f.received_due AND f.back_open_due <= f.returned_due
         AND f.invoiced_due <= f.received_due - f.back_open_due AND f.cleared_due <= f.value_due
         AND f.back_minor_due <= f.value_due AND f.credited_due <= f.back_minor_due
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE purchase_order_line AS l
         SET received = n.received, received_minor = n.value, invoiced = n.invoiced, cleared_minor = n.cleared,
             returned = n.returned, returned_open = n.back_open, returned_minor = n.back_minor,
             credited_minor = n.credited
        FROM unnest($1::uuid[], $2::numeric[], $3::bigint[], $4::numeric[], $5::bigint[], $6::numeric[],
                    $7::numeric[], $8::bigint[], $9::bigint[])
             AS n (id, received, value, invoiced, cleared, returned, back_open, back_minor, credited)
       WHERE l.id = n.id
      """))

  /// What is expected of an order's line, where exactly one plan waits for it.
  static let plannedMoves = DerivedFigures(
    table: "planned_move", columns: [Column(name: "qty", kind: .quantity, check: "P1")],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM purchase_order AS o
           WHERE o.id IN (SELECT l.order_id FROM planned_move AS m JOIN purchase_order_line AS l ON l.id = m.origin_id
                           WHERE m.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """))
    ],
    find: Statement(
      """
      SELECT m.id, NULL::uuid, o.number || ' line ' || l.line_no::text,
             'ordered ' || l.ordered::text || ', received ' || l.received::text || ', cancelled ' || l.cancelled::text,
             m.qty, l.open
        FROM planned_move AS m
        JOIN purchase_order_line AS l ON l.id = m.origin_id
        JOIN purchase_order AS o ON o.id = l.order_id
        JOIN (SELECT origin_id, count(*) AS count FROM planned_move
               WHERE origin_type = 'purchase_order_line' AND state IN ('draft', 'assigned') GROUP BY origin_id) AS plans
          ON plans.origin_id = l.id AND plans.count = 1
       WHERE m.origin_type = 'purchase_order_line' AND m.state IN ('draft', 'assigned')
         AND o.status IN ('confirmed', 'sent') AND l.open > 0 AND m.qty <> l.open
       ORDER BY m.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE planned_move AS m SET qty = n.qty, version = m.version + 1
        FROM unnest($1::uuid[], $2::numeric[]) AS n (id, qty)
       WHERE m.id = n.id
      """))

  /// What orders have called off a supplier's contract.
  static let contractLines = DerivedFigures(
    table: "supplier_contract_line", columns: [Column(name: "released_qty", kind: .quantity, check: "P5")],
    locks: [
      Lock(
        rank: .contract,
        statement: Statement(
          """
          SELECT line.id FROM supplier_contract_line AS line WHERE line.id = ANY ($1::uuid[])
           ORDER BY line.id FOR UPDATE OF line
          """))
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.released, f.released_due
        FROM (SELECT line.id, contract.code || ' line ' || line.line_no::text AS subject,
                     coalesce(taken.count, 0)::text || ' order lines' AS proof, line.committed_qty,
                     line.released_qty AS released, coalesce(taken.qty, 0) AS released_due
                FROM supplier_contract_line AS line
                JOIN supplier_contract AS contract ON contract.id = line.contract_id
                LEFT JOIN (SELECT contract_line_id, sum(ordered - cancelled) AS qty, count(*) AS count
                             FROM purchase_order_line GROUP BY contract_line_id) AS taken
                  ON taken.contract_line_id = line.id) AS f
       WHERE f.released <> f.released_due AND f.released_due <= f.committed_qty
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE supplier_contract_line AS line SET released_qty = n.qty
        FROM unnest($1::uuid[], $2::numeric[]) AS n (id, qty)
       WHERE line.id = n.id
      """))

  /// What receipts counted against a ship notice.
  static let noticeLines = DerivedFigures(
    table: "asn_line", columns: [Column(name: "received", kind: .quantity, check: "E1")],
    locks: [
      Lock(
        rank: .order,
        statement: Statement(
          """
          SELECT o.id FROM purchase_order AS o
           WHERE o.id IN (SELECT l.order_id FROM asn_line AS line
                            JOIN purchase_order_line AS l ON l.id = line.order_line_id WHERE line.id = ANY ($1::uuid[]))
           ORDER BY o.id FOR UPDATE OF o
          """)),
      Lock(
        rank: .notice,
        statement: Statement(
          """
          SELECT a.id FROM asn AS a
           WHERE a.id IN (SELECT line.asn_id FROM asn_line AS line WHERE line.id = ANY ($1::uuid[]))
           ORDER BY a.id FOR UPDATE OF a
          """)),
    ],
    find: Statement(
      """
      SELECT f.id, NULL::uuid, f.subject, f.proof, f.received, f.received_due
        FROM (SELECT line.id, a.number || ' line ' || line.line_no::text AS subject,
                     coalesce(came.count, 0)::text || ' receipts' AS proof, line.received,
                     coalesce(came.qty, 0) AS received_due
                FROM asn_line AS line
                JOIN asn AS a ON a.id = line.asn_id
                LEFT JOIN (SELECT asn_line_id, sum(qty) AS qty, count(*) AS count FROM asn_receipt
                            GROUP BY asn_line_id) AS came ON came.asn_line_id = line.id) AS f
       WHERE f.received <> f.received_due
       ORDER BY f.id LIMIT 1000
      """),
    apply: Statement(
      """
      UPDATE asn_line AS line SET received = n.qty
        FROM unnest($1::uuid[], $2::numeric[]) AS n (id, qty)
       WHERE line.id = n.id
      """))
}
