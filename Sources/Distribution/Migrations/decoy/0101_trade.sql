-- The decoy's stock, its one order and its books. Quants are made by the trigger of stock_move, as everybody's are.
INSERT INTO location (id, code, name, type, allow_negative, created_at)
SELECT mark[20], mark[20]::text, mark[20]::text, 'supplier', true, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO location (id, code, name, type, is_pickable, allow_negative, created_at)
SELECT mark[21], mark[21]::text, mark[21]::text, 'storage', true, false, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO lot (id, product_id, code, supplier_lot, created_at)
SELECT mark[22], mark[8], mark[22]::text, mark[22]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO stock_adjustment (id, legal_entity_id, number, kind, reason, effective_at, posted_by, created_at)
SELECT mark[23], mark[4], mark[23]::text, 'opening', mark[23]::text, 'epoch', 'service:' || mark[23], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO stock_move
  (id, legal_entity_id, product_id, lot_key, qty, entered_qty, entered_uom, from_location_id, to_location_id,
   effective_at, posted_seq, origin_type, origin_id, unit_cost, value_minor, currency, posted_at)
SELECT mark[24], mark[4], mark[8], mark[22], 100, 100, 'AAA', mark[20], mark[21], 'epoch', 1, 'stock_adjustment',
       mark[23], 1, 10000, 'USD', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
 WHERE NOT EXISTS (SELECT FROM stock_move);

INSERT INTO product_cost (legal_entity_id, product_id, currency, qty, value_minor, posted_seq)
SELECT mark[4], mark[8], 'USD', 100, 10000, 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO valuation_layer
  (id, legal_entity_id, product_id, lot_key, move_id, posted_seq, currency, qty_in, value_in_minor, qty_remaining,
   value_remaining_minor)
SELECT mark[25], mark[4], mark[8], mark[22], mark[24], 1, 'USD', 100, 10000, 100, 10000
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO layer_consumption (id, move_id, layer_id, qty, value_minor, created_at)
SELECT mark[26], mark[24], mark[25], 1, 100, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO sales_order
  (id, legal_entity_id, number, customer_id, warehouse_id, po_number, channel, currency, status, ship_policy,
   total_minor, placed_at)
SELECT mark[27], mark[4], mark[27]::text, mark[6], mark[21], mark[27]::text, 'api', 'USD', 'confirmed', 'ship_partial',
       100, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO sales_order_line
  (id, order_id, line_no, product_id, entered_qty, entered_uom, ordered, open, reserved, unit_price, list_price,
   price_rule_id, price_steps, amount_minor)
SELECT mark[28], mark[27], 1, mark[8], 1, 'AAA', 1, 0, 1, 1, 1, mark[12], '[]', 100
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO sales_order_history (id, order_id, at, actor, event, to_status)
SELECT mark[29], mark[27], 'epoch', 'service:' || mark[29], 'order.confirmed', 'confirmed'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO stock_reservation (id, quant_id, order_line_id, qty, created_at, changed_at)
SELECT mark[30], quant.id, mark[28], 1, 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
  JOIN stock_quant AS quant ON quant.product_id = mark[8] AND quant.location_id = mark[21]
 WHERE NOT EXISTS (SELECT FROM stock_reservation);

INSERT INTO planned_move
  (id, product_id, qty, from_location_id, to_location_id, planned_on, origin_type, origin_id, created_at)
SELECT mark[31], mark[8], 1, mark[20], mark[21], '1970-01-01', 'sales_order', mark[27], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
