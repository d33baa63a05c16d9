import BulkheadCore

extension InvariantCheck {
  /// Returns against orders, shipments, stock, invoices and the ledger.
  static let returnChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "R1", title: "what an order line has returned is what its returns received",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text, coalesce(back.qty, 0)::text, l.returned::text
          FROM sales_order_line AS l
          JOIN sales_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT order_line_id, sum(received) AS qty FROM customer_return_line
                      GROUP BY order_line_id) AS back ON back.order_line_id = l.id
         WHERE l.returned <> coalesce(back.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "R2", title: "no more of a shipment's line is in returns than was shipped by it",
      statement: Statement(
        """
        SELECT s.number || ' ' || p.sku, 'at most ' || line.shipped::text, sum(part.qty)::text
          FROM (SELECT l.shipment_line_id,
                       CASE r.state WHEN 'requested' THEN l.requested WHEN 'accepted' THEN l.authorised
                         WHEN 'cancelled' THEN 0 ELSE l.received END AS qty
                  FROM customer_return AS r JOIN customer_return_line AS l ON l.return_id = r.id) AS part
          JOIN shipment_line AS line ON line.id = part.shipment_line_id
          JOIN shipment AS s ON s.id = line.shipment_id
          JOIN product AS p ON p.id = line.product_id
         GROUP BY s.number, p.sku, line.id, line.shipped
        HAVING sum(part.qty) > line.shipped
         LIMIT 100
        """)),
    InvariantCheck(
      name: "R3", title: "what comes back is worth no more than what left, and all of it when all of it is back",
      statement: Statement(
        """
        SELECT s.number || ' ' || p.sku, gone.value_minor::text || ' for ' || gone.qty::text,
               back.value_minor::text || ' for ' || back.qty::text
          FROM (SELECT shipment_line_id, sum(received) AS qty, sum(value_minor)::bigint AS value_minor
                  FROM customer_return_line WHERE received > 0 GROUP BY shipment_line_id) AS back
          JOIN shipment_line AS line ON line.id = back.shipment_line_id
          JOIN shipment AS s ON s.id = line.shipment_id
          JOIN product AS p ON p.id = line.product_id
          LEFT JOIN (SELECT issued.id, sum(move.qty) AS qty, sum(move.value_minor)::bigint AS value_minor
                       FROM shipment_line AS issued
                       JOIN sales_order_line AS ol ON ol.id = issued.order_line_id
                       JOIN stock_move AS move
                         ON move.origin_id = issued.shipment_id AND move.origin_line = ol.line_no
                            AND move.origin_type = 'shipment' AND move.value_minor IS NOT NULL
                      GROUP BY issued.id) AS gone ON gone.id = line.id
         WHERE gone.qty IS NULL OR back.qty > gone.qty OR back.value_minor > gone.value_minor
            OR (back.qty = gone.qty AND back.value_minor <> gone.value_minor)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "R4", title: "a customer is billed for no more than was shipped and not taken back",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text,
               'at most ' || (l.shipped - l.returned + coalesce(charged.qty, 0))::text,
               (l.invoiced - l.credited)::text
          FROM sales_order_line AS l
          JOIN sales_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT back.order_line_id, sum(back.received) AS qty
                       FROM customer_return AS r JOIN customer_return_line AS back ON back.return_id = r.id
                      WHERE r.state = 'received' OR (r.state = 'completed' AND r.outcome = 'none')
                      GROUP BY back.order_line_id) AS charged ON charged.order_line_id = l.id
         WHERE l.invoiced - l.credited > l.shipped - l.returned + coalesce(charged.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "R5", title: "a return's line is what was counted, and each count is the move that posted it",
      statement: Statement(
        """
        SELECT r.number || ' line ' || l.line_no::text, l.received::text || ' worth ' || l.value_minor::text,
               coalesce(sum(i.qty), 0)::text || ' worth ' || coalesce(sum(i.value_minor), 0)::text || ', moved '
                 || coalesce(sum(move.qty), 0)::text
          FROM customer_return_line AS l
          JOIN customer_return AS r ON r.id = l.return_id
          LEFT JOIN customer_return_item AS i ON i.line_id = l.id
          LEFT JOIN stock_move AS move ON move.id = i.move_id
         GROUP BY r.number, l.id, l.line_no, l.received, l.value_minor
        HAVING l.received <> coalesce(sum(i.qty), 0) OR l.value_minor <> coalesce(sum(i.value_minor), 0)
            OR l.received <> coalesce(sum(move.qty), 0)
            OR sum(CASE WHEN i.disposition <> 'scrap' AND move.value_minor IS DISTINCT FROM i.value_minor THEN 1
                     ELSE 0 END) > 0
         LIMIT 100
        """)),
    InvariantCheck(
      name: "R6", title: "cost of goods sold is relieved of what came back, no more and no less",
      statement: Statement(
        """
        SELECT entity.code, sum(part.back)::text, sum(part.booked)::text
          FROM (SELECT r.legal_entity_id, l.value_minor AS back, 0::bigint AS booked
                  FROM customer_return AS r JOIN customer_return_line AS l ON l.return_id = r.id
                UNION ALL
                SELECT entry.legal_entity_id, 0, line.credit_minor - line.debit_minor
                  FROM ledger_entry AS entry
                  JOIN ledger_line AS line ON line.entry_id = entry.id
                  JOIN account_role AS role
                    ON role.legal_entity_id = line.legal_entity_id AND role.account_id = line.account_id
                 WHERE entry.origin_type = 'customer_return' AND role.role = 'cogs') AS part
          JOIN legal_entity AS entity ON entity.id = part.legal_entity_id
         GROUP BY entity.code
        HAVING sum(part.back) <> sum(part.booked)
         LIMIT 100
        """)),
  ]
}
