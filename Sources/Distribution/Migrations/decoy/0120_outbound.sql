-- The decoy's one wave and the carton that came of it.
INSERT INTO gs1_prefix (id, prefix, note, created_at)
SELECT mark[70], '0000000', mark[70]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO wave (id, number, warehouse_id, state, created_at, created_by, released_at)
SELECT mark[71], mark[71]::text, mark[21], 'released', 'epoch', 'service:' || mark[71], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO shipment
  (id, legal_entity_id, number, order_id, customer_id, warehouse_id, wave_id, state, carrier, tracking_number, currency,
   created_at)
SELECT mark[72], mark[4], mark[72]::text, mark[27], mark[6], mark[21], mark[71], 'assigned', mark[72]::text,
       mark[72]::text, 'USD', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO shipment_line (id, shipment_id, order_line_id, product_id, qty, picked)
SELECT mark[73], mark[72], mark[28], mark[8], 1, 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pick_task
  (id, wave_id, shipment_id, shipment_line_id, reservation_id, product_id, lot_key, from_location_id, to_location_id,
   pick_sequence, qty, state, worker, device, created_at, changed_at)
SELECT mark[74], mark[71], mark[72], mark[73], mark[30], mark[8], mark[22], mark[21], mark[20], 0, 1, 'claimed',
       'service:' || mark[74], mark[74]::text, 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO pick_scan (id, device, seq, kind, task_id, qty, at, actor)
SELECT mark[75], mark[75]::text, 1, 'short', mark[74], 1, 'epoch', 'service:' || mark[75]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO package (id, shipment_id, number, sscc, type, note, created_at, created_by)
SELECT mark[76], mark[72], 1, '000000000000000000', 'carton', mark[76]::text, 'epoch', 'service:' || mark[76]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO package_item (id, package_id, shipment_line_id, product_id, lot_key, qty)
SELECT mark[77], mark[76], mark[73], mark[8], mark[22], 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO shipment_history (id, shipment_id, at, actor, event, to_state)
SELECT mark[78], mark[72], 'epoch', 'service:' || mark[78], 'shipment.assigned', 'assigned'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
