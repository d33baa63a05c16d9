-- The decoy's purchases: one of everything from the price to the invoice.
INSERT INTO supplier_price (id, supplier_id, product_id, currency, unit_price, valid_from, created_at)
SELECT mark[130], mark[6], mark[8], 'USD', 1, '1970-01-01', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_contract (id, supplier_id, code, currency, valid_from, created_at)
SELECT mark[131], mark[6], mark[131]::text, 'USD', '1970-01-01', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_contract_line (id, contract_id, line_no, product_id, committed_qty, unit_price)
SELECT mark[132], mark[131], 1, mark[8], 1, 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO purchasing_setting (legal_entity_id, over_receipt_percent, price_tolerance_percent)
SELECT mark[4], 0, 2 FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO reorder_policy (id, product_id, warehouse_id, method, reorder_point, target, supplier_id, created_at)
SELECT mark[133], mark[8], mark[21], 'order_up_to', 1, 2, mark[6], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO replenishment_suggestion
  (id, policy_id, product_id, warehouse_id, supplier_id, qty, inputs, reason, created_at, changed_at)
SELECT mark[134], mark[133], mark[8], mark[21], mark[6], 1, '{}', mark[134]::text, 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO purchase_order
  (id, legal_entity_id, number, supplier_id, warehouse_id, currency, status, expected_on, total_minor, created_by,
   created_at)
SELECT mark[135], mark[4], mark[135]::text, mark[6], mark[21], 'USD', 'sent', '1970-01-01', 100,
       'service:' || mark[135], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO purchase_order_line
  (id, order_id, line_no, product_id, entered_qty, entered_uom, ordered, receivable, received, received_minor, invoiced,
   cleared_minor, unit_price, price_source, amount_minor)
SELECT mark[136], mark[135], 1, mark[8], 1, 'AAA', 1, 1, 1, 100, 1, 100, 1, 'manual', 100
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO purchase_order_history (id, order_id, at, actor, event, to_status)
SELECT mark[137], mark[135], 'epoch', 'service:' || mark[137], 'purchase.sent', 'sent'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO receipt (id, legal_entity_id, number, order_id, delivery_note, received_on, received_by, created_at)
SELECT mark[138], mark[4], mark[138]::text, mark[135], mark[138]::text, '1970-01-01', 'service:' || mark[138], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO receipt_line
  (id, receipt_id, line_no, order_line_id, move_id, qty, value_minor, condition, invoiced, cleared_minor)
SELECT mark[139], mark[138], 1, mark[136], mark[24], 1, 100, 'good', 1, 100
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO landed_cost
  (id, legal_entity_id, number, kind, allocation, amount_minor, currency, carrier_id, state, created_by, created_at)
SELECT mark[140], mark[4], mark[140]::text, 'freight', 'value', 100, 'USD', mark[6], 'draft', 'service:' || mark[140],
       'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO landed_cost_line (id, cost_id, receipt_line_id, basis, amount_minor)
SELECT mark[141], mark[140], mark[139], 100, 100
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_invoice
  (id, legal_entity_id, number, supplier_id, supplier_number, invoiced_on, due_on, currency, state, match_state,
   net_minor, tax_minor, created_by, created_at)
SELECT mark[142], mark[4], mark[142]::text, mark[6], mark[142]::text, '1970-01-01', '1970-01-01', 'USD', 'held',
       'price_hold', 100, 0, 'service:' || mark[142], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_invoice_line
  (id, invoice_id, line_no, order_line_id, entered_qty, entered_uom, qty, unit_price, amount_minor, result,
   price_difference_percent)
SELECT mark[143], mark[142], 1, mark[136], 1, 'AAA', 1, 1, 100, 'price_hold', 0
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_invoice_match
  (id, invoice_line_id, receipt_line_id, qty, cleared_minor, stock_minor, variance_minor)
SELECT mark[144], mark[143], mark[139], 1, 100, 0, 0
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
