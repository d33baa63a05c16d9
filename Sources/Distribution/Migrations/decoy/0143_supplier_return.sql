-- The decoy's one return to its supplier, accepted.
INSERT INTO supplier_return
  (id, legal_entity_id, number, order_id, supplier_id, kind, is_expected_again, state, reason, supplier_reference,
   created_by, created_at)
SELECT mark[185], mark[4], mark[185]::text, mark[135], mark[6], 'return', false, 'accepted', mark[185]::text,
       mark[185]::text, 'service:' || mark[185], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_return_line (id, return_id, line_no, receipt_line_id, order_line_id, location_id, qty)
SELECT mark[186], mark[185], 1, mark[139], mark[136], mark[21], 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO supplier_return_history (id, return_id, at, actor, event, to_state)
SELECT mark[187], mark[185], 'epoch', 'service:' || mark[187], 'supplierReturn.accepted', 'accepted'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
