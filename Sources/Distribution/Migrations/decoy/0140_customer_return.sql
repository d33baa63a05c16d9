-- The decoy's one return, received from the shipment that its wave made.
INSERT INTO customer_return
  (id, legal_entity_id, number, order_id, customer_id, warehouse_id, state, outcome, reason, created_by, created_at,
   received_at)
SELECT mark[80], mark[4], mark[80]::text, mark[27], mark[6], mark[21], 'received', 'none', mark[80]::text,
       'service:' || mark[80], 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_return_line
  (id, return_id, line_no, shipment_line_id, order_line_id, product_id, requested, authorised, received, value_minor)
SELECT mark[81], mark[80], 1, mark[73], mark[28], mark[8], 1, 1, 1, 100
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_return_item
  (id, return_id, item_no, line_id, product_id, lot_key, qty, value_minor, disposition, move_id)
SELECT mark[82], mark[80], 1, mark[81], mark[8], mark[22], 1, 100, 'restock', mark[24]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_return_credit (return_id, invoice_id)
SELECT mark[80], mark[105]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_return_history (id, return_id, at, actor, event, to_state)
SELECT mark[83], mark[80], 'epoch', 'service:' || mark[83], 'return.received', 'received'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
