import BulkheadCore
import BulkheadData

/// The statements that plan and release waves.
enum WaveStatements {
  static let lockOrders = Statement(
    """
    SELECT o.id, o.status, o.warehouse_id, o.ship_policy, o.legal_entity_id, o.customer_id, o.currency
      FROM sales_order AS o WHERE o.id = ANY ($1::uuid[]) ORDER BY o.id FOR UPDATE
    """)

  /// Orders of a warehouse with something to pick. They are locked in the order of their ids and looked at again.
  static let findOrders = Statement(
    """
    SELECT o.id FROM sales_order AS o
     WHERE o.warehouse_id = $1 AND o.status IN ('confirmed', 'in_fulfilment')
       AND EXISTS (SELECT 1 FROM sales_order_line AS l JOIN stock_reservation AS r ON r.order_line_id = l.id
                    WHERE l.order_id = o.id AND r.state = 'active'
                      AND NOT EXISTS (SELECT 1 FROM pick_task AS t
                                       WHERE t.reservation_id = r.id AND t.state IN ('open', 'claimed')))
       AND NOT EXISTS (SELECT 1 FROM sales_order_line AS l
                        WHERE l.order_id = o.id AND l.open > 0 AND o.ship_policy = 'ship_complete')
       AND NOT EXISTS (SELECT 1 FROM shipment AS s WHERE s.order_id = o.id AND s.state = 'draft')
     ORDER BY o.id LIMIT $2
    """)

  static let facts = Statement(
    """
    SELECT o.id,
           (SELECT count(*) FROM sales_order_line AS l JOIN stock_reservation AS r ON r.order_line_id = l.id
             WHERE l.order_id = o.id AND r.state = 'active'
               AND NOT EXISTS (SELECT 1 FROM pick_task AS t
                                WHERE t.reservation_id = r.id AND t.state IN ('open', 'claimed'))),
           EXISTS (SELECT 1 FROM sales_order_line AS l WHERE l.order_id = o.id AND l.open > 0),
           waiting.id, waiting.state
      FROM sales_order AS o
      LEFT JOIN shipment AS waiting ON waiting.order_id = o.id AND waiting.state IN ('draft', 'waiting')
     WHERE o.id = ANY ($1::uuid[])
    """)

  static let entities = Statement(
    "SELECT id, currency, fiscal_year_start_month FROM legal_entity WHERE id = ANY ($1::uuid[])")

  static let insertWave = Statement(
    """
    INSERT INTO wave (id, number, warehouse_id, state, created_at, created_by) VALUES ($1, $2, $3, 'draft', $4, $5)
    """)

  static let insertShipments = Statement(
    """
    INSERT INTO shipment (wave_id, warehouse_id, created_at, state, id, legal_entity_id, number, order_id, customer_id,
      currency)
    SELECT $1::uuid, $2::uuid, $3::timestamptz, 'draft', s.id, s.legal_entity_id, s.number, s.order_id, s.customer_id,
           s.currency
      FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[], $9::text[])
           AS s (id, legal_entity_id, number, order_id, customer_id, currency)
    """)

  /// A shipment that waits goes along with the wave that brings the rest.
  static let joinWave = Statement(
    "UPDATE shipment SET wave_id = $1, version = version + 1 WHERE id = ANY ($2::uuid[])")

  static let startFulfilment = Statement(
    """
    UPDATE sales_order SET status = 'in_fulfilment', version = version + 1
     WHERE id = ANY ($1::uuid[]) AND status = 'confirmed'
    """)

  static let ordersOfWave = Statement("SELECT order_id FROM shipment WHERE wave_id = $1 ORDER BY order_id")

  static let lockWave = Statement("SELECT state, number FROM wave WHERE id = $1 FOR UPDATE")

  static let lockShipments = Statement(
    """
    SELECT s.id, s.state FROM shipment AS s
     WHERE s.wave_id = $1 AND s.state IN ('draft', 'waiting') ORDER BY s.id FOR UPDATE
    """)

  /// What is reserved for the wave's shipments and not fetched yet, in the order of the walk.
  static let reserved = Statement(
    """
    SELECT s.id, l.id, l.product_id, r.id, q.lot_key, q.location_id, w.output_id, place.pick_sequence, r.qty, line.id
      FROM shipment AS s
      JOIN sales_order_line AS l ON l.order_id = s.order_id
      JOIN stock_reservation AS r ON r.order_line_id = l.id AND r.state = 'active'
      JOIN stock_quant AS q ON q.id = r.quant_id
      JOIN location AS place ON place.id = q.location_id
      JOIN location AS w ON w.id = s.warehouse_id
      LEFT JOIN shipment_line AS line ON line.shipment_id = s.id AND line.order_line_id = l.id
      LEFT JOIN lot AS lot ON lot.id = q.lot_key
     WHERE s.wave_id = $1 AND s.state IN ('draft', 'waiting')
       AND NOT EXISTS (SELECT 1 FROM pick_task AS t
                        WHERE t.reservation_id = r.id AND t.state IN ('open', 'claimed'))
     ORDER BY place.pick_sequence, place.code, s.id, l.line_no, lot.code, r.id
    """)

  static let insertLines = Statement(
    """
    INSERT INTO shipment_line (id, shipment_id, order_line_id, product_id, qty)
    SELECT l.id, l.shipment_id, l.order_line_id, l.product_id, l.qty
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[])
           AS l (id, shipment_id, order_line_id, product_id, qty)
    """)

  static let growLines = Statement(
    """
    UPDATE shipment_line AS line SET qty = line.qty + l.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS l (id, qty) WHERE line.id = l.id
    """)

  static let insertTasks = Statement(
    """
    INSERT INTO pick_task (created_at, changed_at, id, wave_id, shipment_id, shipment_line_id, reservation_id,
      product_id, lot_key, from_location_id, to_location_id, pick_sequence, qty)
    SELECT $1::timestamptz, $1::timestamptz, t.id, $2::uuid, t.shipment_id, t.line_id, t.reservation_id, t.product_id,
           t.lot_key, t.from_id, t.to_id, t.pick_sequence, t.qty
      FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[],
                  $11::int[], $12::numeric[])
           AS t (id, shipment_id, line_id, reservation_id, product_id, lot_key, from_id, to_id, pick_sequence, qty)
    """)

  static let setShipments = Statement(
    """
    UPDATE shipment AS s SET state = n.state, version = s.version + 1
      FROM unnest($1::uuid[], $2::text[]) AS n (id, state) WHERE s.id = n.id
    """)

  static let releaseWave = Statement(
    "UPDATE wave SET state = 'released', released_at = $2, version = version + 1 WHERE id = $1")
}
