import BulkheadCore

extension InvariantCheck {
  /// Tills against their drawers, the ledger and stock.
  static let posChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "T1", title: "what was paid for an order is its total, and its total is the sum of its lines",
      statement: Statement(
        """
        SELECT o.number, o.total_minor::text || ' of ' || o.net_minor::text || ' and ' || o.tax_minor::text,
               (coalesce(paid.minor, 0) + o.difference_minor)::text || ' of ' || coalesce(line.net, 0)::text || ' and '
                 || coalesce(line.tax, 0)::text
          FROM pos_order AS o
          LEFT JOIN (SELECT order_id, sum(amount_minor) AS minor FROM pos_payment GROUP BY order_id) AS paid
            ON paid.order_id = o.id
          LEFT JOIN (SELECT order_id, sum(net_minor) AS net, sum(tax_minor) AS tax FROM pos_order_line
                      GROUP BY order_id) AS line ON line.order_id = o.id
         WHERE coalesce(line.net, 0) <> o.net_minor OR coalesce(line.tax, 0) <> o.tax_minor
            OR coalesce(paid.minor, 0) + o.difference_minor
               <> CASE WHEN o.paid_at IS NOT NULL THEN o.total_minor ELSE 0 END
         LIMIT 100
        """)),
    InvariantCheck(
      name: "T2", title: "a closed session expected its float, what was put in less what was taken, and cash payments",
      statement: Statement(
        """
        SELECT t.code || ' ' || s.id::text, (s.float_minor + coalesce(flow.minor, 0))::text, s.expected_minor::text
          FROM pos_session AS s
          JOIN pos_terminal AS t ON t.id = s.terminal_id
          LEFT JOIN (SELECT part.session_id, sum(part.minor) AS minor
                       FROM (SELECT session_id, CASE WHEN direction = 'in' THEN amount_minor ELSE -amount_minor END
                                    AS minor FROM pos_cash_move
                             UNION ALL
                             SELECT session_id, amount_minor FROM pos_payment WHERE method = 'cash') AS part
                      GROUP BY part.session_id) AS flow ON flow.session_id = s.id
         WHERE s.state = 'closed' AND s.expected_minor <> s.float_minor + coalesce(flow.minor, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "T3", title: "the ledger has each paid order of a till, once and whole",
      statement: Statement(
        """
        SELECT o.number, greatest(abs(o.total_minor), abs(o.total_minor - o.difference_minor))::text,
               coalesce(booked.minor, 0)::text || ' in ' || coalesce(booked.entries, 0)::text
          FROM pos_order AS o
          LEFT JOIN (SELECT origin_id, sum(total_minor) AS minor, count(*) AS entries FROM ledger_entry
                      WHERE origin_type = 'pos_order' AND book = 'cash' GROUP BY origin_id) AS booked
            ON booked.origin_id = o.id
         WHERE coalesce(booked.entries, 0) > 1
            OR coalesce(booked.minor, 0) <> CASE WHEN o.paid_at IS NULL THEN 0
                 ELSE greatest(abs(o.total_minor), abs(o.total_minor - o.difference_minor)) END
         LIMIT 100
        """)),
    InvariantCheck(
      name: "T3a", title: "cash in tills is what lies in the drawers of sessions that are not closed",
      statement: Statement(
        """
        SELECT entity.code, sum(part.held)::text, sum(part.booked)::text
          FROM (SELECT legal_entity_id, float_minor AS held, 0::bigint AS booked FROM pos_session
                 WHERE state <> 'closed'
                UNION ALL
                SELECT s.legal_entity_id, CASE WHEN m.direction = 'in' THEN m.amount_minor ELSE -m.amount_minor END, 0
                  FROM pos_session AS s JOIN pos_cash_move AS m ON m.session_id = s.id WHERE s.state <> 'closed'
                UNION ALL
                SELECT s.legal_entity_id, p.amount_minor, 0
                  FROM pos_session AS s JOIN pos_payment AS p ON p.session_id = s.id
                 WHERE s.state <> 'closed' AND p.method = 'cash'
                UNION ALL
                SELECT e.legal_entity_id, 0, l.debit_minor - l.credit_minor
                  FROM ledger_entry AS e
                  JOIN ledger_line AS l ON l.entry_id = e.id
                  JOIN account_role AS r ON r.account_id = l.account_id AND r.role = 'cash'
                 WHERE e.origin_type IN ('pos_order', 'pos_session')) AS part
          JOIN legal_entity AS entity ON entity.id = part.legal_entity_id
         GROUP BY entity.code
        HAVING sum(part.held) <> sum(part.booked)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "T4", title: "what left for an order's line is what its recipe or product needed",
      statement: Statement(
        """
        SELECT p.sku || ' of ' || part.subject::text, sum(part.due)::text, sum(part.moved)::text
          FROM (SELECT g.posted_by_id AS subject, g.product_id, g.qty AS due, 0::numeric AS moved
                  FROM pos_goods AS g WHERE g.state = 'posted'
                UNION ALL
                SELECT m.origin_id, m.product_id, 0, m.qty
                  FROM stock_move AS m JOIN location AS place ON place.id = m.to_location_id
                 WHERE m.origin_type IN ('pos_order', 'pos_session') AND place.type = 'customer') AS part
          JOIN product AS p ON p.id = part.product_id
         GROUP BY p.sku, part.subject
        HAVING sum(part.due) <> sum(part.moved)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "T5", title: "what was valued of a shortage was drawn from layers for its move",
      statement: Statement(
        """
        SELECT p.sku || ' ' || s.id::text, (s.qty - s.open_qty - s.cancelled_qty)::text || ' worth '
                 || s.settled_minor::text,
               coalesce(drawn.qty, 0)::text || ' worth ' || coalesce(drawn.minor, 0)::text
          FROM stock_shortage AS s
          JOIN product AS p ON p.id = s.product_id
          LEFT JOIN (SELECT move_id, sum(qty) AS qty, sum(value_minor) AS minor FROM layer_consumption
                      GROUP BY move_id) AS drawn ON drawn.move_id = s.move_id
         WHERE s.qty - s.open_qty - s.cancelled_qty <> coalesce(drawn.qty, 0)
            OR s.settled_minor <> coalesce(drawn.minor, 0)
         LIMIT 100
        """)),
  ]
}
