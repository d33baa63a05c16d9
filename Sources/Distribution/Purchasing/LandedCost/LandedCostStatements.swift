import BulkheadCore

/// The statements of landed cost.
enum LandedCostStatements {
  static let receipts = Statement(
    """
    SELECT r.id, o.legal_entity_id FROM receipt AS r JOIN purchase_order AS o ON o.id = r.order_id
     WHERE r.id = ANY ($1::uuid[])
    """)

  /// What lines of receipts are measured by; `$2` is the allocation.
  static let targets = Statement(
    """
    SELECT line.id,
           round(CASE $2::text WHEN 'value' THEN line.value_minor::numeric WHEN 'quantity' THEN line.qty
             WHEN 'weight' THEN line.qty * coalesce(p.weight_grams, 0)
             WHEN 'volume' THEN line.qty * coalesce(p.volume_millilitres, 0) ELSE 1 END, 6)
      FROM receipt_line AS line
      JOIN stock_move AS move ON move.id = line.move_id
      JOIN product AS p ON p.id = move.product_id
     WHERE line.receipt_id = ANY ($1::uuid[])
     ORDER BY line.id
    """)

  static let insert = Statement(
    """
    INSERT INTO landed_cost (id, legal_entity_id, number, kind, allocation, amount_minor, currency, carrier_id, state,
      reversal_of, effective_on, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """)

  static let insertLines = Statement(
    """
    INSERT INTO landed_cost_line (cost_id, id, receipt_line_id, basis, amount_minor, stock_minor, gone_minor)
    SELECT $1::uuid, l.id, l.receipt_line_id, l.basis, l.amount, l.stock, l.gone
      FROM unnest($2::uuid[], $3::uuid[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[])
           AS l (id, receipt_line_id, basis, amount, stock, gone)
    """)

  static let lock = Statement(
    """
    SELECT cost.id, cost.legal_entity_id, cost.number, cost.state, cost.amount_minor, cost.currency, cost.kind,
           cost.allocation, cost.carrier_id, cost.reversal_of, entity.fiscal_year_start_month, cost.version
      FROM landed_cost AS cost JOIN legal_entity AS entity ON entity.id = cost.legal_entity_id
     WHERE cost.id = $1 FOR UPDATE OF cost
    """)

  static let shares = Statement(
    """
    SELECT share.id, share.receipt_line_id, share.basis, share.amount_minor, line.move_id
      FROM landed_cost_line AS share JOIN receipt_line AS line ON line.id = share.receipt_line_id
     WHERE share.cost_id = $1 ORDER BY share.id
    """)

  static let splitLines = Statement(
    """
    UPDATE landed_cost_line AS share SET stock_minor = n.stock, gone_minor = n.gone
      FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS n (id, stock, gone)
     WHERE share.id = n.id
    """)

  /// `$3` is the day it is posted on, NULL when it is cancelled.
  static let setState = Statement(
    "UPDATE landed_cost SET state = $2, effective_on = $3, version = version + 1 WHERE id = $1")

  static let reversal = Statement("SELECT 1 FROM landed_cost WHERE reversal_of = $1")

  static let header = Statement(
    """
    SELECT id, number, kind, allocation, amount_minor, currency, carrier_id, state, reversal_of, effective_on,
           created_at, version
      FROM landed_cost WHERE id = $1
    """)

  static let list = Statement(
    """
    SELECT id, number, kind, allocation, amount_minor, currency, carrier_id, state, reversal_of, effective_on,
           created_at, version
      FROM landed_cost WHERE id > $1 AND ($2::text IS NULL OR state = $2) ORDER BY id LIMIT $3
    """)

  static let lines = Statement(
    """
    SELECT share.id, share.receipt_line_id, r.number, p.sku, share.amount_minor, share.stock_minor, share.gone_minor
      FROM landed_cost_line AS share
      JOIN receipt_line AS line ON line.id = share.receipt_line_id
      JOIN receipt AS r ON r.id = line.receipt_id
      JOIN stock_move AS move ON move.id = line.move_id
      JOIN product AS p ON p.id = move.product_id
     WHERE share.cost_id = $1 ORDER BY share.id
    """)

  static func queries(_ cost: EntityID) -> [Query] { [Query(header, .id(cost)), Query(lines, .id(cost))] }
}
