import BulkheadCore

extension InvariantCheck {
  /// Purchases against what is expected, what came and what the books say.
  static let purchaseChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "P1", title: "what open purchase orders still wait for is what is planned to come",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text, CASE WHEN o.status IN ('confirmed', 'sent') THEN l.open::text
                 ELSE '0' END, coalesce(planned.qty, 0)::text
          FROM purchase_order_line AS l
          JOIN purchase_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT origin_id, sum(qty) AS qty FROM planned_move
                      WHERE origin_type = 'purchase_order_line' AND state IN ('draft', 'assigned')
                      GROUP BY origin_id) AS planned ON planned.origin_id = l.id
         WHERE coalesce(planned.qty, 0) <> CASE WHEN o.status IN ('confirmed', 'sent') THEN l.open ELSE 0 END
            OR (o.status IN ('closed', 'cancelled') AND l.open <> 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P1a", title: "what a purchase order line has received is what its receipts say, within its tolerance",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text,
               coalesce(came.qty, 0)::text || ' worth ' || coalesce(came.value_minor, 0)::text,
               l.received::text || ' worth ' || l.received_minor::text
          FROM purchase_order_line AS l
          JOIN purchase_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT order_line_id, sum(qty) AS qty, sum(value_minor) AS value_minor FROM receipt_line
                      GROUP BY order_line_id) AS came ON came.order_line_id = l.id
         WHERE l.received <> coalesce(came.qty, 0) OR l.received_minor <> coalesce(came.value_minor, 0)
            OR l.received - l.reopened > l.receivable
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P1b", title: "a receipt line is the move that posted it",
      statement: Statement(
        """
        SELECT r.number || ' line ' || line.line_no::text, move.qty::text || ' worth ' || move.value_minor::text,
               line.qty::text || ' worth ' || line.value_minor::text
          FROM receipt_line AS line
          JOIN receipt AS r ON r.id = line.receipt_id
          JOIN stock_move AS move ON move.id = line.move_id
         WHERE move.qty <> line.qty OR move.value_minor <> line.value_minor OR move.origin_id <> r.id
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P2", title: "what invoices have cleared is what receipts and order lines say was cleared",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text,
               coalesce(settled.qty, 0)::text || ' worth ' || coalesce(settled.cleared, 0)::text,
               l.invoiced::text || ' worth ' || l.cleared_minor::text || ', receipts '
                 || coalesce(came.invoiced, 0)::text || ' worth ' || coalesce(came.cleared, 0)::text
          FROM purchase_order_line AS l
          JOIN purchase_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT order_line_id, sum(invoiced) AS invoiced, sum(cleared_minor) AS cleared FROM receipt_line
                      GROUP BY order_line_id) AS came ON came.order_line_id = l.id
          LEFT JOIN (SELECT line.order_line_id, sum(m.qty) AS qty, sum(m.cleared_minor) AS cleared
                       FROM supplier_invoice_match AS m JOIN receipt_line AS line ON line.id = m.receipt_line_id
                      GROUP BY line.order_line_id) AS settled ON settled.order_line_id = l.id
         WHERE l.invoiced <> coalesce(settled.qty, 0) OR l.cleared_minor <> coalesce(settled.cleared, 0)
            OR coalesce(came.invoiced, 0) <> coalesce(settled.qty, 0)
            OR coalesce(came.cleared, 0) <> coalesce(settled.cleared, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P3", title: "goods received and not invoiced are what the ledger says of receipts and invoices",
      statement: Statement(
        """
        SELECT entity.code, sum(part.due)::text, sum(part.booked)::text
          FROM (SELECT o.legal_entity_id,
                       l.received_minor - l.cleared_minor - l.returned_minor + l.credited_minor AS due,
                       0::bigint AS booked
                  FROM purchase_order_line AS l JOIN purchase_order AS o ON o.id = l.order_id
                UNION ALL
                SELECT entry.legal_entity_id, 0, line.credit_minor - line.debit_minor
                  FROM ledger_entry AS entry
                  JOIN ledger_line AS line ON line.entry_id = entry.id
                  JOIN account_role AS role
                    ON role.legal_entity_id = line.legal_entity_id AND role.account_id = line.account_id
                 WHERE entry.origin_type IN ('receipt', 'supplier_invoice', 'supplier_return')
                   AND role.role = 'grni') AS part
          JOIN legal_entity AS entity ON entity.id = part.legal_entity_id
         GROUP BY entity.code
        HAVING sum(part.due) <> sum(part.booked)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P4", title: "a landed cost is divided without a rest",
      statement: Statement(
        """
        SELECT cost.number, cost.amount_minor::text, coalesce(sum(line.amount_minor), 0)::text
          FROM landed_cost AS cost LEFT JOIN landed_cost_line AS line ON line.cost_id = cost.id
         GROUP BY cost.id, cost.number, cost.amount_minor
        HAVING coalesce(sum(line.amount_minor), 0) <> cost.amount_minor
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P5", title: "what a supplier's contract has released is what its orders took",
      statement: Statement(
        """
        SELECT contract.code || ' line ' || line.line_no::text, coalesce(taken.qty, 0)::text, line.released_qty::text
          FROM supplier_contract_line AS line
          JOIN supplier_contract AS contract ON contract.id = line.contract_id
          LEFT JOIN (SELECT contract_line_id, sum(ordered - cancelled) AS qty FROM purchase_order_line
                      GROUP BY contract_line_id) AS taken ON taken.contract_line_id = line.id
         WHERE line.released_qty <> coalesce(taken.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P6", title: "what a purchase order line says went back is what its returns say",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text,
               coalesce(back.qty, 0)::text || ' worth ' || coalesce(back.value_minor, 0)::text || ', '
                 || coalesce(back.open_qty, 0)::text || ' unbilled, credited ' || coalesce(back.credited, 0)::text,
               l.returned::text || ' worth ' || l.returned_minor::text || ', ' || l.returned_open::text
                 || ' unbilled, credited ' || l.credited_minor::text
          FROM purchase_order_line AS l
          JOIN purchase_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT line.order_line_id, sum(line.qty) AS qty, sum(line.open_qty) AS open_qty,
                            sum(line.open_minor + line.billed_minor) AS value_minor,
                            sum(CASE WHEN r.credit_number IS NOT NULL THEN line.billed_minor ELSE 0 END) AS credited
                       FROM supplier_return AS r JOIN supplier_return_line AS line ON line.return_id = r.id
                      WHERE line.move_id IS NOT NULL GROUP BY line.order_line_id) AS back ON back.order_line_id = l.id
         WHERE l.returned <> coalesce(back.qty, 0) OR l.returned_minor <> coalesce(back.value_minor, 0)
            OR l.returned_open <> coalesce(back.open_qty, 0) OR l.credited_minor <> coalesce(back.credited, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P6a", title: "what a receipt line says went back is what its returns say, before and after it was billed",
      statement: Statement(
        """
        SELECT r.number || ' line ' || line.line_no::text,
               coalesce(back.open_qty, 0)::text || ' worth ' || coalesce(back.open_minor, 0)::text || ', billed '
                 || coalesce(back.billed_qty, 0)::text || ' worth ' || coalesce(back.billed_minor, 0)::text,
               line.returned_open::text || ' worth ' || line.returned_open_minor::text || ', billed '
                 || line.returned_billed::text || ' worth ' || line.returned_billed_minor::text
          FROM receipt_line AS line
          JOIN receipt AS r ON r.id = line.receipt_id
          LEFT JOIN (SELECT receipt_line_id, sum(open_qty) AS open_qty, sum(open_minor) AS open_minor,
                            sum(qty - open_qty) AS billed_qty, sum(billed_minor) AS billed_minor
                       FROM supplier_return_line WHERE move_id IS NOT NULL GROUP BY receipt_line_id) AS back
            ON back.receipt_line_id = line.id
         WHERE line.returned_open <> coalesce(back.open_qty, 0)
            OR line.returned_open_minor <> coalesce(back.open_minor, 0)
            OR line.returned_billed <> coalesce(back.billed_qty, 0)
            OR line.returned_billed_minor <> coalesce(back.billed_minor, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "P6b", title: "a line that went back is the move that posted it, in the product and lot that came",
      statement: Statement(
        """
        SELECT r.number || ' line ' || l.line_no::text,
               move.qty::text || ' worth ' || coalesce(move.value_minor::text, 'nothing'),
               l.qty::text || ' worth ' || l.stock_minor::text
          FROM supplier_return_line AS l
          JOIN supplier_return AS r ON r.id = l.return_id
          JOIN stock_move AS move ON move.id = l.move_id
          JOIN receipt_line AS line ON line.id = l.receipt_line_id
          JOIN stock_move AS came ON came.id = line.move_id
         WHERE move.qty <> l.qty OR move.value_minor IS DISTINCT FROM l.stock_minor OR move.origin_id <> r.id
            OR move.product_id <> came.product_id OR move.lot_key <> came.lot_key
         LIMIT 100
        """)),
  ]
}
