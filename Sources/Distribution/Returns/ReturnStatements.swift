import BulkheadCore

/// The statements that write returns.
enum ReturnStatements {
  /// The order that something is to come back from, with whose books it belongs to; held until the transaction ends.
  static let lockOrder = Statement(
    """
    SELECT o.id, o.number, o.customer_id, o.warehouse_id, e.id, e.currency, e.fiscal_year_start_month
      FROM sales_order AS o JOIN legal_entity AS e ON e.id = o.legal_entity_id
     WHERE o.id = $1 FOR UPDATE OF o
    """)

  /// Where a shipment's line belongs; it never changes, so it is read before anything is locked.
  static let orderOfLine = Statement(
    """
    SELECT s.order_id FROM shipment_line AS line JOIN shipment AS s ON s.id = line.shipment_id WHERE line.id = $1
    """)

  /// Lines `$2` of an order's shipments: what was shipped and what other returns have asked for or brought already.
  static let shipped = Statement(
    """
    SELECT line.id, line.order_line_id, line.product_id, line.shipped, coalesce(taken.qty, 0)
      FROM shipment AS s
      JOIN shipment_line AS line ON line.shipment_id = s.id
      LEFT JOIN (SELECT l.shipment_line_id,
                        sum(CASE r.state WHEN 'requested' THEN l.requested WHEN 'accepted' THEN l.authorised
                              WHEN 'cancelled' THEN 0 ELSE l.received END) AS qty
                   FROM customer_return AS r JOIN customer_return_line AS l ON l.return_id = r.id
                  WHERE r.order_id = $1 GROUP BY l.shipment_line_id) AS taken ON taken.shipment_line_id = line.id
     WHERE s.order_id = $1 AND line.id = ANY ($2::uuid[])
    """)

  static let insert = Statement(
    """
    INSERT INTO customer_return (id, legal_entity_id, number, order_id, customer_id, warehouse_id, outcome, reason,
      created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO customer_return_line (return_id, id, line_no, shipment_line_id, order_line_id, product_id, requested)
    SELECT $1::uuid, l.id, l.line_no, l.shipment_line_id, l.order_line_id, l.product_id, l.qty
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[])
           AS l (id, line_no, shipment_line_id, order_line_id, product_id, qty)
    """)

  static let orderOf = Statement("SELECT order_id FROM customer_return WHERE id = $1")

  static let lock = Statement(
    """
    SELECT r.id, r.number, r.state, r.outcome, r.version, r.order_id, o.number, o.status, r.customer_id,
           r.warehouse_id, warehouse.code, e.id, e.currency, e.fiscal_year_start_month
      FROM customer_return AS r
      JOIN sales_order AS o ON o.id = r.order_id
      JOIN location AS warehouse ON warehouse.id = r.warehouse_id
      JOIN legal_entity AS e ON e.id = r.legal_entity_id
     WHERE r.id = $1 FOR UPDATE OF r
    """)

  static let lines = Statement(
    """
    SELECT l.id, l.line_no, l.shipment_line_id, l.order_line_id, ol.line_no, l.product_id, p.base_uom, p.tracking,
           l.requested, l.authorised, l.received, ol.unit_price, s.shipped_at
      FROM customer_return_line AS l
      JOIN sales_order_line AS ol ON ol.id = l.order_line_id
      JOIN product AS p ON p.id = l.product_id
      JOIN shipment_line AS line ON line.id = l.shipment_line_id
      JOIN shipment AS s ON s.id = line.shipment_id
     WHERE l.return_id = $1 ORDER BY l.line_no
    """)

  static let authorise = Statement(
    """
    UPDATE customer_return_line AS line SET authorised = l.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS l (id, qty) WHERE line.id = l.id
    """)

  static let setPhase = Statement("UPDATE customer_return SET state = $2, version = version + 1 WHERE id = $1")

  static let receive = Statement(
    "UPDATE customer_return SET state = 'received', received_at = $2, version = version + 1 WHERE id = $1")

  static let receiveLines = Statement(
    """
    UPDATE customer_return_line AS line SET received = l.qty, value_minor = l.minor
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS l (id, qty, minor) WHERE line.id = l.id
    """)

  static let insertItems = Statement(
    """
    INSERT INTO customer_return_item (return_id, id, item_no, line_id, product_id, lot_key, qty, value_minor,
      disposition, move_id)
    SELECT $1::uuid, i.id, i.item_no, i.line_id, i.product_id, i.lot_key, i.qty, i.minor, i.disposition, i.move_id
      FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[], $8::bigint[], $9::text[],
                  $10::uuid[])
           AS i (id, item_no, line_id, product_id, lot_key, qty, minor, disposition, move_id)
    """)

  static let returnOrderLines = Statement(
    """
    UPDATE sales_order_line AS line SET returned = line.returned + l.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS l (id, qty) WHERE line.id = l.id
    """)

  static let touchOrder = Statement("UPDATE sales_order SET version = version + 1 WHERE id = $1")

  /// What left by lines of shipments, lot by lot: quantity, value, and the place it went to.
  static let issued = Statement(
    """
    SELECT line.id, move.lot_key, lot.code, move.to_location_id, sum(move.qty), sum(move.value_minor)::bigint
      FROM shipment_line AS line
      JOIN sales_order_line AS ol ON ol.id = line.order_line_id
      JOIN stock_move AS move
        ON move.origin_id = line.shipment_id AND move.origin_line = ol.line_no AND move.origin_type = 'shipment'
           AND move.value_minor IS NOT NULL
      LEFT JOIN lot AS lot ON lot.id = move.lot_id
     WHERE line.id = ANY ($1::uuid[])
     GROUP BY line.id, move.lot_key, lot.code, move.to_location_id
     ORDER BY line.id, lot.code
    """)

  /// What of it has come back before.
  static let broughtBack = Statement(
    """
    SELECT l.shipment_line_id, i.lot_key, sum(i.qty), sum(i.value_minor)::bigint
      FROM customer_return_line AS l JOIN customer_return_item AS i ON i.line_id = l.id
     WHERE l.shipment_line_id = ANY ($1::uuid[])
     GROUP BY l.shipment_line_id, i.lot_key
    """)

  /// The places of a warehouse that goods come back to: storage, lost and found, and its first quarantine.
  static let ownPlaces = Statement(
    """
    SELECT warehouse.storage_id, warehouse.lost_found_id, quarantine.id
      FROM location AS warehouse
      LEFT JOIN LATERAL (
        SELECT place.id FROM location AS place
         WHERE place.warehouse_id = $1 AND place.is_quarantine AND place.is_active AND place.type = 'storage'
         ORDER BY place.code LIMIT 1) AS quarantine ON true
     WHERE warehouse.id = $1
    """)

  static let namedPlaces = Statement(
    """
    SELECT code, id, type = 'storage' AND is_active, is_quarantine
      FROM location WHERE warehouse_id = $1 AND code = ANY ($2::text[])
    """)

  /// What of an order's lines is billed and can still be credited, the oldest invoice first.
  static let creditable = Statement(
    """
    SELECT i.id, i.created_at, d.line_no, d.order_line_id, d.qty - coalesce(credited.qty, 0)
      FROM invoice AS i
      JOIN invoice_line AS d ON d.invoice_id = i.id
      LEFT JOIN (SELECT x.original_line_id, sum(x.qty) AS qty
                   FROM invoice AS note JOIN invoice_line AS x ON x.invoice_id = note.id
                  WHERE note.order_id = $1 AND note.kind = 'credit_note' AND note.status <> 'cancelled'
                  GROUP BY x.original_line_id) AS credited ON credited.original_line_id = d.id
     WHERE i.order_id = $1 AND i.kind = 'invoice' AND i.status IN ('posted', 'paid')
       AND d.order_line_id = ANY ($2::uuid[]) AND d.qty > coalesce(credited.qty, 0)
     ORDER BY i.created_at, i.id, d.line_no
    """)

  /// What of order lines is billed and not credited, and what is shipped and waits to be billed: less what other
  /// returns have brought back unbilled.
  static let billed = Statement(
    """
    SELECT l.id, l.invoiced - l.credited, greatest(l.shipped - l.invoiced - coalesce(never.qty, 0), 0)
      FROM sales_order_line AS l
      LEFT JOIN (SELECT back.order_line_id, sum(back.received - back.credited) AS qty
                   FROM customer_return AS r JOIN customer_return_line AS back ON back.return_id = r.id
                  WHERE r.state = 'completed' AND r.outcome <> 'none'
                    AND back.order_line_id = ANY ($1::uuid[])
                  GROUP BY back.order_line_id) AS never ON never.order_line_id = l.id
     WHERE l.id = ANY ($1::uuid[])
    """)

  static let creditLines = Statement(
    """
    UPDATE customer_return_line AS line SET credited = l.qty
      FROM unnest($1::uuid[], $2::numeric[]) AS l (id, qty) WHERE line.id = l.id
    """)

  static let insertCredits = Statement(
    """
    INSERT INTO customer_return_credit (return_id, invoice_id)
    SELECT $1::uuid, n.id FROM unnest($2::uuid[]) AS n (id)
    """)

  static let complete = Statement(
    """
    UPDATE customer_return SET state = 'completed', outcome = $2, replacement_order_id = $3, completed_at = $4,
           version = version + 1
     WHERE id = $1
    """)
}
