import BulkheadCore

extension InvariantCheck {
  /// Shipments against orders, reservations and packages.
  static let fulfilmentChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "I11", title: "what an order line has shipped is what its shipments shipped",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text, l.shipped::text, coalesce(gone.qty, 0)::text
          FROM sales_order_line AS l
          JOIN sales_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT line.order_line_id, sum(line.shipped) AS qty
                       FROM shipment_line AS line GROUP BY line.order_line_id) AS gone ON gone.order_line_id = l.id
         WHERE l.shipped <> coalesce(gone.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I11a", title: "what is picked and not shipped is held for its order in the output place",
      statement: Statement(
        """
        SELECT s.number || ' ' || p.sku || ' lot ' || coalesce(lot.code, '-'), sum(part.picked)::text,
               sum(part.held)::text
          FROM (SELECT t.shipment_id, t.product_id, t.lot_key, t.to_location_id AS place_id, t.picked,
                       0::numeric AS held
                  FROM pick_task AS t JOIN shipment AS live ON live.id = t.shipment_id
                 WHERE live.state NOT IN ('shipped', 'cancelled')
                UNION ALL
                SELECT t.shipment_id, q.product_id, q.lot_key, q.location_id, 0, r.qty
                  FROM pick_scan AS scan
                  JOIN pick_task AS t ON t.id = scan.task_id
                  JOIN stock_reservation AS r ON r.id = scan.reservation_id AND r.state = 'picked'
                  JOIN stock_quant AS q ON q.id = r.quant_id) AS part
          JOIN shipment AS s ON s.id = part.shipment_id
          JOIN product AS p ON p.id = part.product_id
          LEFT JOIN lot AS lot ON lot.id = part.lot_key
         GROUP BY s.number, p.sku, lot.code, part.shipment_id, part.lot_key, part.place_id
        HAVING sum(part.picked) <> sum(part.held)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I11b", title: "a shipment's line is what its tasks picked",
      statement: Statement(
        """
        SELECT s.number || ' ' || p.sku, coalesce(done.qty, 0)::text, line.picked::text
          FROM shipment_line AS line
          JOIN shipment AS s ON s.id = line.shipment_id
          JOIN product AS p ON p.id = line.product_id
          LEFT JOIN (SELECT t.shipment_line_id, sum(t.picked) AS qty FROM pick_task AS t
                      GROUP BY t.shipment_line_id) AS done ON done.shipment_line_id = line.id
         WHERE line.picked <> coalesce(done.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I11c", title: "an open task draws on an active reservation of what is still to be found",
      statement: Statement(
        """
        SELECT p.sku || ' task ' || t.id::text, (t.qty - t.picked)::text,
               r.qty::text || ' ' || r.state
          FROM pick_task AS t
          JOIN product AS p ON p.id = t.product_id
          JOIN stock_reservation AS r ON r.id = t.reservation_id
         WHERE t.state IN ('open', 'claimed') AND (r.state <> 'active' OR r.qty <> t.qty - t.picked)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I12", title: "what packages hold was picked, lot by lot, and is what their lines have packed",
      statement: Statement(
        """
        SELECT s.number || ' ' || p.sku || ' lot ' || coalesce(lot.code, '-'),
               'at most ' || sum(part.picked)::text, sum(part.packed)::text
          FROM (SELECT t.shipment_line_id, t.lot_key, t.picked, 0::numeric AS packed FROM pick_task AS t
                UNION ALL
                SELECT i.shipment_line_id, i.lot_key, 0, i.qty
                  FROM package_item AS i JOIN package AS box ON box.id = i.package_id
                 WHERE box.state <> 'void') AS part
          JOIN shipment_line AS line ON line.id = part.shipment_line_id
          JOIN shipment AS s ON s.id = line.shipment_id
          JOIN product AS p ON p.id = line.product_id
          LEFT JOIN lot AS lot ON lot.id = part.lot_key
         GROUP BY s.number, p.sku, lot.code, part.shipment_line_id, part.lot_key
        HAVING sum(part.packed) > sum(part.picked)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I12a", title: "a line has packed what lies in its packages, and has shipped all of it or nothing",
      statement: Statement(
        """
        SELECT s.number || ' ' || p.sku, coalesce(boxed.qty, 0)::text,
               line.packed::text || ' shipped ' || line.shipped::text
          FROM shipment_line AS line
          JOIN shipment AS s ON s.id = line.shipment_id
          JOIN product AS p ON p.id = line.product_id
          LEFT JOIN (SELECT i.shipment_line_id, sum(i.qty) AS qty
                       FROM package_item AS i JOIN package AS box ON box.id = i.package_id
                      WHERE box.state <> 'void' GROUP BY i.shipment_line_id) AS boxed
            ON boxed.shipment_line_id = line.id
         WHERE s.state <> 'cancelled'
           AND (line.packed <> coalesce(boxed.qty, 0)
             OR (s.state = 'shipped' AND (line.shipped <> line.picked OR line.packed <> line.picked))
             OR (s.state <> 'shipped' AND line.shipped <> 0))
         LIMIT 100
        """)),
    InvariantCheck(
      name: "W1", title: "what a put-away task has moved is what its scans say",
      statement: Statement(
        """
        SELECT p.sku || ' task ' || t.id::text, coalesce(done.qty, 0)::text, t.moved::text
          FROM putaway_task AS t
          JOIN product AS p ON p.id = t.product_id
          LEFT JOIN (SELECT task_id, sum(qty) AS qty FROM putaway_scan GROUP BY task_id) AS done ON done.task_id = t.id
         WHERE t.moved <> coalesce(done.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "W2", title: "a put-away scan is the move that it posted, of its task's goods to the place it names",
      statement: Statement(
        """
        SELECT p.sku || ' scan ' || scan.device || ' ' || scan.seq::text, scan.qty::text, move.qty::text
          FROM putaway_scan AS scan
          JOIN putaway_task AS t ON t.id = scan.task_id
          JOIN product AS p ON p.id = t.product_id
          JOIN stock_move AS move ON move.id = scan.move_id
         WHERE move.qty <> scan.qty OR move.product_id <> t.product_id OR move.lot_key <> t.lot_key
            OR move.from_location_id <> t.from_location_id OR move.to_location_id <> scan.location_id
            OR move.origin_id <> t.id OR move.value_minor IS NOT NULL
         LIMIT 100
        """)),
  ]
}
