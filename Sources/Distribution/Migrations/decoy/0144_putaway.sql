-- The decoy's one rule, a task by it and what a device told of it.
INSERT INTO putaway_rule (id, warehouse_id, sequence, zone, created_at)
SELECT mark[188], mark[21], 1, left(mark[188]::text, 20), 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO putaway_task
  (id, legal_entity_id, warehouse_id, receipt_id, product_id, lot_key, from_location_id, to_location_id, rule_id,
   pick_sequence, qty, moved, state, worker, device, created_at, changed_at)
SELECT mark[189], mark[4], mark[21], mark[138], mark[8], mark[22], mark[20], mark[21], mark[188], 0, 2, 1, 'claimed',
       'service:' || mark[189], mark[189]::text, 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO putaway_scan (id, device, seq, task_id, location_id, reason, qty, move_id, at, actor)
SELECT mark[190], mark[190]::text, 1, mark[189], mark[21], mark[190]::text, 1, mark[24], 'epoch',
       'service:' || mark[190]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
