/// The statements of the order handlers with the tenant written by hand, as `$1`, where the guard would put it.
enum NaiveStatements {
  static let header = """
    SELECT o.id, o.number, o.customer_id, customer.code, o.po_number, o.status, o.hold_code, o.shipment_state,
           o.invoice_state, o.currency, o.ship_policy, o.channel, warehouse.code, o.requested_on, o.total_minor,
           o.placed_at, o.version
      FROM sales_order AS o
      JOIN party AS customer ON customer.tenant_id = $1 AND customer.id = o.customer_id
      JOIN location AS warehouse ON warehouse.tenant_id = $1 AND warehouse.id = o.warehouse_id
     WHERE o.tenant_id = $1 AND o.id = $2
    """

  static let lines = """
    SELECT l.id, l.line_no, l.customer_line, l.product_id, p.sku, p.name, p.base_uom, l.entered_qty, l.entered_uom,
           l.ordered, l.open, l.reserved, l.backordered, l.shipped, l.invoiced, l.returned, l.cancelled, l.unit_price,
           l.list_price, l.price_rule_id, l.price_steps, l.expected_price, l.amount_minor, l.requested_on
      FROM sales_order_line AS l
      JOIN product AS p ON p.tenant_id = $1 AND p.id = l.product_id
     WHERE l.tenant_id = $1 AND l.order_id = $2
     ORDER BY l.line_no
    """

  static let customer = """
    SELECT p.id, p.code, p.currency, p.customer_group_id, list.lineage, entity.id,
           EXISTS (SELECT 1 FROM sales_order AS o
                    WHERE o.tenant_id = $1 AND o.customer_id = p.id AND o.po_number = $3)
      FROM party AS p
      LEFT JOIN price_list AS list ON list.tenant_id = $1 AND list.id = CASE WHEN p.price_list_id IS NOT NULL
        THEN p.price_list_id
        ELSE (SELECT d.id FROM price_list AS d WHERE d.tenant_id = $1 AND d.is_default AND d.currency = p.currency) END
      LEFT JOIN legal_entity AS entity ON entity.tenant_id = $1 AND entity.is_default
     WHERE p.tenant_id = $1 AND p.code = $2
    """

  static let warehouse = """
    SELECT w.id, w.code, w.storage_id, s.code, w.lost_found_id
      FROM location AS w JOIN location AS s ON s.tenant_id = $1 AND s.id = w.storage_id
     WHERE w.tenant_id = $1 AND w.is_default AND w.is_active
    """

  static let products = """
    SELECT want.n, p.id, p.sku, p.name, p.base_uom, category.lineage, coalesce(want.uom, p.base_uom),
           coalesce(own.numerator, shared.numerator), coalesce(own.denominator, shared.denominator)
      FROM unnest($2::bigint[], $3::text[], $4::text[]) AS want (n, sku, uom)
      JOIN product AS p ON p.tenant_id = $1 AND p.sku = want.sku
      LEFT JOIN product_category AS category ON category.tenant_id = $1 AND category.id = p.category_id
      LEFT JOIN uom_conversion AS own ON own.tenant_id = $1
           AND own.product_key = p.id AND own.from_uom = want.uom AND own.to_uom = p.base_uom
      LEFT JOIN uom_conversion AS shared ON shared.tenant_id = $1
           AND shared.product_key = '00000000-0000-0000-0000-000000000000' AND shared.from_uom = want.uom
           AND shared.to_uom = p.base_uom
    """

  static let priceRules = """
    SELECT r.id, r.source, r.kind, r.value, r.min_qty, r.subject_id, r.surcharge, r.rounding, r.priority, contract.code
      FROM price_rule AS r
      LEFT JOIN customer_contract AS contract ON contract.tenant_id = $1 AND contract.id = r.contract_id
     WHERE r.tenant_id = $1 AND r.holder_id = ANY ($2::uuid[]) AND r.subject_id = ANY ($3::uuid[]) AND r.currency = $4
       AND (r.valid_from IS NULL OR r.valid_from <= $5::date) AND (r.valid_to IS NULL OR r.valid_to >= $5::date)
       AND (r.contract_id IS NULL OR (contract.state = 'running' AND contract.valid_from <= $5::date
            AND (contract.valid_to IS NULL OR contract.valid_to >= $5::date)))
    """

  static let lockCredit = """
    SELECT limit_minor, open_receivable_minor, unbilled_minor, open_orders_minor
      FROM credit_account WHERE tenant_id = $1 AND customer_id = $2 FOR UPDATE
    """

  static let lockStock = """
    SELECT q.id, q.product_id, place.code, place.pick_sequence, lot.code, lot.expiry_on, q.in_date,
           q.on_hand - q.reserved
      FROM stock_quant AS q
      JOIN location AS place ON place.tenant_id = $1 AND place.id = q.location_id
      LEFT JOIN lot AS lot ON lot.tenant_id = $1 AND lot.id = q.lot_key
     WHERE q.tenant_id = $1 AND q.product_id = ANY ($2::uuid[]) AND q.on_hand > q.reserved
       AND q.owner_key = '00000000-0000-0000-0000-000000000000'
       AND place.warehouse_id = $3 AND place.is_pickable AND NOT place.is_quarantine AND place.is_active
     ORDER BY q.product_id, q.location_id, q.lot_key, q.package_key, q.owner_key
       FOR UPDATE OF q
    """

  static let takeNumber = """
    INSERT INTO number_series AS series (tenant_id, legal_entity_id, doc_type, fiscal_year, next_value)
    VALUES ($1, $2, 'sales_order', $3, 2)
    ON CONFLICT (tenant_id, legal_entity_id, doc_type, fiscal_year) DO UPDATE SET next_value = series.next_value + 1
    RETURNING next_value - 1
    """

  static let duplicatePO =
    "SELECT 1 FROM sales_order WHERE tenant_id = $1 AND customer_id = $2 AND po_number = $3"

  static let insertOrder = """
    INSERT INTO sales_order (tenant_id, id, legal_entity_id, number, customer_id, warehouse_id, po_number, channel,
      currency, status, hold_code, shipment_state, ship_policy, requested_on, total_minor, exposure_minor, placed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'api', $8, 'confirmed', NULL, 'waiting', 'ship_partial', NULL, $9, $9, $10)
    """

  static let insertLines = """
    INSERT INTO sales_order_line (tenant_id, order_id, id, line_no, customer_line, product_id, entered_qty, entered_uom,
      ordered, open, backordered, reserved, cancelled, unit_price, list_price, price_rule_id, price_steps,
      expected_price, amount_minor, requested_on)
    SELECT $1::uuid, $2::uuid, l.id, l.line_no, l.customer_line, l.product_id, l.entered_qty, l.entered_uom, l.ordered,
           l.open, l.backordered, l.reserved, l.cancelled, l.unit_price, l.list_price, l.price_rule_id, l.steps::jsonb,
           l.expected_price, l.amount_minor, l.requested_on
      FROM unnest($3::uuid[], $4::int[], $5::text[], $6::uuid[], $7::numeric[], $8::text[], $9::numeric[],
                  $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[],
                  $16::uuid[], $17::text[], $18::numeric[], $19::bigint[], $20::date[])
           AS l (id, line_no, customer_line, product_id, entered_qty, entered_uom, ordered, open, backordered, reserved,
                 cancelled, unit_price, list_price, price_rule_id, steps, expected_price, amount_minor, requested_on)
    """

  static let insertReservations = """
    INSERT INTO stock_reservation (tenant_id, id, quant_id, order_line_id, qty, created_at, changed_at)
    SELECT $1::uuid, r.id, r.quant_id, r.order_line_id, r.qty, $6::timestamptz, $6::timestamptz
      FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[]) AS r (id, quant_id, order_line_id, qty)
    """

  static let promiseCredit = """
    UPDATE credit_account SET open_orders_minor = open_orders_minor + $3::bigint, version = version + 1
     WHERE tenant_id = $1 AND customer_id = $2
    """

  static let insertHistory = """
    INSERT INTO sales_order_history (tenant_id, id, order_id, at, actor, event, from_status, to_status, detail)
    VALUES ($1, $2, $3, $4, 'naive', 'order.confirmed', NULL, 'confirmed', $5)
    """
}
