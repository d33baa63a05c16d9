-- The decoy's one recipe and its one ticket.
INSERT INTO recipe (id, product_id, yield_qty, created_at)
SELECT mark[170], mark[8], 1, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO recipe_component (id, recipe_id, line_no, product_id, qty)
SELECT mark[171], mark[170], 1, mark[8], 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO kitchen_ticket (id, order_id, station, note, created_by, created_at, changed_at)
SELECT mark[172], mark[164], left(mark[172]::text, 40), mark[172]::text, 'service:' || mark[172], 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO kitchen_ticket_line (id, ticket_id, order_line_id, qty, created_at)
SELECT mark[173], mark[172], mark[165], 1, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
