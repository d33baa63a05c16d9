import BulkheadCore

/// The statements of policies, runs and proposals.
enum ReplenishmentStatements {
  static let insertPolicy = Statement(
    """
    INSERT INTO reorder_policy (id, product_id, warehouse_id, method, reorder_point, target, supplier_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)

  static let policy = Statement(
    """
    SELECT id, product_id, warehouse_id, method, reorder_point, target, supplier_id, is_active, version
      FROM reorder_policy WHERE id = $1
    """)

  /// `$2` product, NULL for any.
  static let policies = Statement(
    """
    SELECT id, product_id, warehouse_id, method, reorder_point, target, supplier_id, is_active, version
      FROM reorder_policy WHERE id > $1 AND ($2::uuid IS NULL OR product_id = $2) ORDER BY id LIMIT $3
    """)

  static let updatePolicy = Statement(
    """
    UPDATE reorder_policy SET method = coalesce($3, method), reorder_point = coalesce($4::numeric, reorder_point),
           target = coalesce($5::numeric, target),
           supplier_id = CASE WHEN $6::boolean THEN $7 ELSE supplier_id END,
           is_active = coalesce($8::boolean, is_active), version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let policyExists = Statement("SELECT 1 FROM reorder_policy WHERE id = $1")

  /// The lock that puts runs in a row. `$1` warehouse, NULL for all.
  static let lockPolicies = Statement(
    """
    SELECT id FROM reorder_policy WHERE is_active AND ($1::uuid IS NULL OR warehouse_id = $1) ORDER BY id LIMIT $2
       FOR UPDATE
    """)

  /// Position of every policy: stock of our own in usable places, what every open purchase order still brings, and what
  /// customers have been promised. Then the proposal that is open.
  static let positions = Statement(
    """
    SELECT policy.id, policy.product_id, policy.warehouse_id, policy.method, policy.reorder_point, policy.target,
           policy.supplier_id, coalesce(held.on_hand, 0), coalesce(coming.open, 0), coalesce(owed.backordered, 0),
           coalesce(held.reserved, 0), proposal.id, proposal.qty, proposal.supplier_id, proposal.state
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
      LEFT JOIN replenishment_suggestion AS proposal
        ON proposal.product_id = policy.product_id AND proposal.warehouse_id = policy.warehouse_id
           AND proposal.state IN ('proposed', 'accepted')
     WHERE policy.id = ANY ($1::uuid[])
     ORDER BY policy.id
    """)

  static let expire = Statement(
    """
    UPDATE replenishment_suggestion SET state = 'expired', version = version + 1, changed_at = $2
     WHERE id = ANY ($1::uuid[])
    """)

  static let propose = Statement(
    """
    INSERT INTO replenishment_suggestion
      (id, policy_id, product_id, warehouse_id, supplier_id, qty, inputs, created_at, changed_at)
    SELECT n.id, n.policy_id, n.product_id, n.warehouse_id, n.supplier_id, n.qty, n.inputs::jsonb, $8::timestamptz,
           $8::timestamptz
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::numeric[], $7::text[])
           AS n (id, policy_id, product_id, warehouse_id, supplier_id, qty, inputs)
    """)

  static let suggestion = Statement(
    """
    SELECT s.id, s.policy_id, s.product_id, p.sku, s.warehouse_id, warehouse.code, s.supplier_id, s.qty, s.state,
           s.inputs, s.reason, s.created_at, s.changed_at, s.version
      FROM replenishment_suggestion AS s
      JOIN product AS p ON p.id = s.product_id
      JOIN location AS warehouse ON warehouse.id = s.warehouse_id
     WHERE s.id = $1
    """)

  /// Newest first. `$2` state, `$3` product, each NULL for any.
  static let suggestions = Statement(
    """
    SELECT s.id, s.policy_id, s.product_id, p.sku, s.warehouse_id, warehouse.code, s.supplier_id, s.qty, s.state,
           s.inputs, s.reason, s.created_at, s.changed_at, s.version
      FROM replenishment_suggestion AS s
      JOIN product AS p ON p.id = s.product_id
      JOIN location AS warehouse ON warehouse.id = s.warehouse_id
     WHERE s.id < $1 AND ($2::text IS NULL OR s.state = $2) AND ($3::uuid IS NULL OR s.product_id = $3)
     ORDER BY s.id DESC LIMIT $4
    """)

  static let lockSuggestion = Statement(
    """
    SELECT s.state, s.product_id, s.qty, s.supplier_id, warehouse.code
      FROM replenishment_suggestion AS s JOIN location AS warehouse ON warehouse.id = s.warehouse_id
     WHERE s.id = $1 FOR UPDATE OF s
    """)

  /// `$3` quantity and `$4` reason, NULL to leave them.
  static let setState = Statement(
    """
    UPDATE replenishment_suggestion SET state = $2, qty = coalesce($3::numeric, qty), reason = coalesce($4, reason),
           version = version + 1, changed_at = $5
     WHERE id = $1
    """)
}
