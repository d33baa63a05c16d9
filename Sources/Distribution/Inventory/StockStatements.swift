import BulkheadCore

/// The statements that post stock and its value.
enum StockStatements {
  static let insertLots = Statement(
    """
    INSERT INTO lot (id, product_id, code, expiry_on)
    SELECT l.id, l.product_id, l.code, l.expiry_on
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[]) AS l (id, product_id, code, expiry_on)
    ON CONFLICT (product_id, code) DO NOTHING
    """)

  /// After `insertLots` every lot asked for is found, whoever made it: DO NOTHING waits for a transaction that is
  /// making the same lot, and this statement has a later snapshot.
  static let findLots = Statement(
    """
    SELECT lot.product_id, lot.code, lot.id
      FROM unnest($1::uuid[], $2::text[]) AS l (product_id, code)
      JOIN lot ON lot.product_id = l.product_id AND lot.code = l.code
    """)

  static let openCosts = Statement(
    """
    INSERT INTO product_cost (legal_entity_id, product_id, currency)
    SELECT $1::uuid, p.id, $3 FROM unnest($2::uuid[]) AS p (id)
    ON CONFLICT (legal_entity_id, product_id) DO NOTHING
    """)

  /// The lock that puts the postings of a product in order.
  static let lockCosts = Statement(
    """
    SELECT cost.product_id, cost.qty, cost.value_minor, cost.posted_seq, p.valuation
      FROM product_cost AS cost JOIN product AS p ON p.id = cost.product_id
     WHERE cost.legal_entity_id = $1 AND cost.product_id = ANY ($2::uuid[])
     ORDER BY cost.product_id FOR UPDATE OF cost
    """)

  /// Of products `$2`, those that something is drawn from, `$3`, and those whose layers are all worth the same.
  static let openLayers = Statement(
    """
    SELECT id, product_id, lot_key, qty_remaining, value_remaining_minor FROM valuation_layer
     WHERE legal_entity_id = $1 AND qty_remaining > 0
       AND product_id = ANY (ARRAY(
         SELECT p.id FROM product AS p
          WHERE p.id = ANY ($2::uuid[]) AND (p.valuation = 'average' OR p.id = ANY ($3::uuid[]))))
     ORDER BY product_id, posted_seq
    """)

  static let insertAdjustment = Statement(
    """
    INSERT INTO stock_adjustment (id, legal_entity_id, number, kind, reason, effective_at, posted_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)

  /// The database posts each move to the balances of both its places. What stays ours has no value.
  static let insertMoves = Statement(
    """
    INSERT INTO stock_move (legal_entity_id, effective_at, origin_type, origin_id, currency, id, product_id, lot_key,
      package_key, qty, entered_qty, entered_uom, from_location_id, to_location_id, posted_seq, origin_line, unit_cost,
      value_minor)
    SELECT $1::uuid, $2::timestamptz, $3, $4::uuid, CASE WHEN m.value_minor IS NOT NULL THEN $5 END, m.id,
           m.product_id, m.lot_key, m.package_key, m.qty, m.entered_qty, m.entered_uom, m.from_id, m.to_id,
           m.posted_seq, m.origin_line, m.unit_cost, m.value_minor
      FROM unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::numeric[], $11::numeric[], $12::text[],
                  $13::uuid[], $14::uuid[], $15::bigint[], $16::int[], $17::numeric[], $18::bigint[])
           AS m (id, product_id, lot_key, package_key, qty, entered_qty, entered_uom, from_id, to_id, posted_seq,
                 origin_line, unit_cost, value_minor)
    """)

  static let updateCosts = Statement(
    """
    UPDATE product_cost AS c SET qty = n.qty, value_minor = n.value_minor, posted_seq = n.posted_seq
      FROM unnest($2::uuid[], $3::numeric[], $4::bigint[], $5::bigint[]) AS n (product_id, qty, value_minor, posted_seq)
     WHERE c.legal_entity_id = $1 AND c.product_id = n.product_id
    """)

  static let insertLayers = Statement(
    """
    INSERT INTO valuation_layer (legal_entity_id, currency, id, product_id, lot_key, move_id, posted_seq, qty_in,
      value_in_minor, qty_remaining, value_remaining_minor)
    SELECT $1::uuid, $2, l.id, l.product_id, l.lot_key, l.move_id, l.posted_seq, l.qty_in, l.value_in,
           l.qty_remaining, l.value_remaining
      FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::numeric[], $9::bigint[],
                  $10::numeric[], $11::bigint[])
           AS l (id, product_id, lot_key, move_id, posted_seq, qty_in, value_in, qty_remaining, value_remaining)
    """)

  static let updateLayers = Statement(
    """
    UPDATE valuation_layer AS v SET qty_remaining = n.qty, value_remaining_minor = n.value
      FROM unnest($1::uuid[], $2::numeric[], $3::bigint[]) AS n (id, qty, value)
     WHERE v.id = n.id
    """)

  static let insertConsumptions = Statement(
    """
    INSERT INTO layer_consumption (id, move_id, layer_id, qty, value_minor)
    SELECT c.id, c.move_id, c.layer_id, c.qty, c.value
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::numeric[], $5::bigint[])
           AS c (id, move_id, layer_id, qty, value)
    """)
}
