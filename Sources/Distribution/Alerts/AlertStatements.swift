import BulkheadCore

/// The statements of alerts.
enum AlertStatements {
  /// Position of products `$1` under their policies, as replenishment sees it.
  static let stocks = Statement(
    """
    SELECT policy.product_id, policy.warehouse_id, policy.method, policy.reorder_point, policy.target,
           policy.is_active, coalesce(held.on_hand, 0), coalesce(coming.open, 0), coalesce(owed.backordered, 0),
           coalesce(held.reserved, 0)
      FROM reorder_policy AS policy
      LEFT JOIN LATERAL (
        SELECT sum(q.on_hand) AS on_hand, sum(q.reserved) AS reserved
          FROM stock_quant AS q JOIN location AS place ON place.id = q.location_id
         WHERE q.product_id = policy.product_id AND q.owner_key = '00000000-0000-0000-0000-000000000000'
           AND place.warehouse_id = policy.warehouse_id AND place.type = 'storage' AND NOT place.is_quarantine
           AND place.is_active) AS held ON true
      LEFT JOIN LATERAL (
        SELECT sum(l.open) AS open
          FROM purchase_order_line AS l JOIN purchase_order AS o ON o.id = l.order_id
         WHERE l.product_id = policy.product_id AND l.open > 0 AND o.warehouse_id = policy.warehouse_id
           AND o.status IN ('draft', 'submitted', 'confirmed', 'sent')) AS coming ON true
      LEFT JOIN LATERAL (
        SELECT sum(l.backordered) AS backordered
          FROM sales_order_line AS l JOIN sales_order AS o ON o.id = l.order_id
         WHERE l.product_id = policy.product_id AND l.backordered > 0 AND o.warehouse_id = policy.warehouse_id
           AND o.status IN ('confirmed', 'in_fulfilment')) AS owed ON true
     WHERE policy.product_id = ANY ($1::uuid[])
     ORDER BY policy.id LIMIT 5000
    """)

  static let negatives = Statement(
    """
    SELECT q.product_id, q.location_id, sum(q.on_hand)
      FROM stock_quant AS q
     WHERE q.product_id = ANY ($1::uuid[]) AND q.location_type = 'storage' AND q.on_hand < 0
     GROUP BY q.product_id, q.location_id ORDER BY q.product_id, q.location_id LIMIT 5000
    """)

  /// Locked, so that two evaluations of one product do not both resolve.
  static let standing = Statement(
    """
    SELECT id, rule, product_id, location_id FROM alert
     WHERE product_id = ANY ($1::uuid[]) AND state <> 'resolved' ORDER BY id FOR UPDATE
    """)

  /// Whoever looks at the same product in the same moment has opened it: one of the two tells.
  static let open = Statement(
    """
    INSERT INTO alert (opened_at, id, rule, product_id, location_id, detail)
    SELECT $1::timestamptz, a.id, a.rule, a.product_id, a.location_id, a.detail::jsonb
      FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[])
           AS a (id, rule, product_id, location_id, detail)
    ON CONFLICT DO NOTHING
    RETURNING id, rule
    """)

  static let resolve = Statement(
    """
    UPDATE alert SET state = 'resolved', resolved_at = $2, version = version + 1 WHERE id = ANY ($1::uuid[])
    """)

  static let lock = Statement("SELECT state FROM alert WHERE id = $1 FOR UPDATE")

  static let acknowledge = Statement(
    """
    UPDATE alert SET state = 'acknowledged', acknowledged_by = $2, acknowledged_at = $3, note = $4,
           version = version + 1
     WHERE id = $1
    """)

  /// Products that documents `$1` moved, promised or ordered.
  static let products = Statement(
    """
    SELECT DISTINCT part.product_id
      FROM (SELECT m.product_id FROM stock_move AS m WHERE m.origin_id = ANY ($1::uuid[])
            UNION ALL
            SELECT l.product_id FROM sales_order_line AS l WHERE l.order_id = ANY ($1::uuid[])
            UNION ALL
            SELECT l.product_id FROM purchase_order_line AS l WHERE l.order_id = ANY ($1::uuid[])) AS part
     ORDER BY part.product_id LIMIT 5000
    """)

  static let one = Statement(
    """
    SELECT a.id, a.rule, a.product_id, p.sku, a.location_id, place.code, a.state, a.detail, a.note, a.opened_at,
           a.acknowledged_by, a.acknowledged_at, a.resolved_at, a.version
      FROM alert AS a JOIN product AS p ON p.id = a.product_id JOIN location AS place ON place.id = a.location_id
     WHERE a.id = $1
    """)

  /// Newest first. `$2` state, `$3` rule, `$4` product, each NULL for any.
  static let list = Statement(
    """
    SELECT a.id, a.rule, a.product_id, p.sku, a.location_id, place.code, a.state, a.detail, a.note, a.opened_at,
           a.acknowledged_by, a.acknowledged_at, a.resolved_at, a.version
      FROM alert AS a JOIN product AS p ON p.id = a.product_id JOIN location AS place ON place.id = a.location_id
     WHERE a.id < $1 AND ($2::text IS NULL OR a.state = $2) AND ($3::text IS NULL OR a.rule = $3)
       AND ($4::uuid IS NULL OR a.product_id = $4)
     ORDER BY a.id DESC LIMIT $5
    """)

  /// What stands about products `$1`.
  static let standingOf = Statement(
    """
    SELECT a.id, a.rule, a.product_id, p.sku, a.location_id, place.code, a.state, a.detail, a.note, a.opened_at,
           a.acknowledged_by, a.acknowledged_at, a.resolved_at, a.version
      FROM alert AS a JOIN product AS p ON p.id = a.product_id JOIN location AS place ON place.id = a.location_id
     WHERE a.product_id = ANY ($1::uuid[]) AND a.state <> 'resolved' ORDER BY a.id LIMIT 5000
    """)

  static func alert(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "rule": .string(try row.text(1)), "productId": .id(try row.id(2)),
      "sku": .string(try row.text(3)), "locationId": .id(try row.id(4)), "location": .string(try row.text(5)),
      "state": .string(try row.text(6)), "detail": try row.json(7), "note": row.jsonText(8),
      "openedAt": .instant(try row.instant(9)), "acknowledgedBy": row.jsonText(10),
      "acknowledgedAt": .optional(row.instantOrNil(11).map(\.description)),
      "resolvedAt": .optional(row.instantOrNil(12).map(\.description)), "version": .int(try row.int(13)),
    ]
  }
}
