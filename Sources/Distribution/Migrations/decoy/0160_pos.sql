-- The decoy's till: one of everything from the terminal to the kitchen.
INSERT INTO location (id, code, name, type, is_pickable, allow_negative, created_at)
SELECT mark[160], mark[160]::text, mark[160]::text, 'storage', false, true, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_terminal
  (id, code, name, legal_entity_id, warehouse_id, location_id, price_list_id, prices_include_tax, stock_posting,
   created_at)
SELECT mark[161], left(mark[161]::text, 40), mark[161]::text, mark[4], mark[21], mark[160], mark[5], false, 'order',
       'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_session (id, terminal_id, legal_entity_id, currency, float_minor, opened_by, opened_at)
SELECT mark[162], mark[161], mark[4], 'USD', 0, 'service:' || mark[162], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_cash_move (id, session_id, direction, amount_minor, reason, moved_by, moved_at)
SELECT mark[163], mark[162], 'in', 1, mark[163]::text, 'service:' || mark[163], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_order
  (id, client_uuid, content, number, kind, session_id, legal_entity_id, status, currency, net_minor, tax_minor,
   total_minor, is_offline, table_label, reason, sold_at, paid_at, created_by, created_at)
SELECT mark[164], mark[164], mark[164]::text, mark[164]::text, 'sale', mark[162], mark[4], 'paid', 'USD', 100, 0, 100,
       false, left(mark[164]::text, 40), mark[164]::text, 'epoch', 'epoch', 'service:' || mark[164], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_order_line
  (id, order_id, line_no, product_id, entered_qty, entered_uom, qty, unit_price, net_minor, tax_minor)
SELECT mark[165], mark[164], 1, mark[8], 1, 'AAA', 1, 1, 100, 0
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_line_tax (id, line_id, tax_code, jurisdiction, percent, tax_minor, created_at)
SELECT mark[166], mark[165], mark[166]::text, mark[166]::text, 0, 0, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_payment (id, order_id, session_id, method, amount_minor, tendered_minor, reference, paid_at)
SELECT mark[167], mark[164], mark[162], 'cash', 100, 100, mark[167]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO stock_shortage (id, legal_entity_id, product_id, lot_key, move_id, qty, open_qty, created_at)
SELECT mark[168], mark[4], mark[8], mark[22], mark[24], 1, 1, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pos_goods
  (id, order_id, line_id, product_id, lot_key, due_qty, qty, state, posted_by_id, shortage_id, created_at)
SELECT mark[169], mark[164], mark[165], mark[8], mark[22], 1, 1, 'posted', mark[164], mark[168], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
