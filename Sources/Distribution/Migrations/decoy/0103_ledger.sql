-- The decoy's books: two accounts and one entry.
INSERT INTO account (id, legal_entity_id, code, name, type, created_at)
SELECT mark[n], mark[4], left(mark[n]::text, 20), mark[n]::text, 'asset', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark), unnest('{60,61}'::int[]) AS n
ON CONFLICT DO NOTHING;

INSERT INTO account_role (legal_entity_id, role, account_id)
SELECT mark[4], 'inventory', mark[60]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO fiscal_period (legal_entity_id, starts_on)
SELECT mark[4], '1970-01-01'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO ledger_entry
  (id, legal_entity_id, book, effective_on, origin_type, origin_id, memo, total_minor, posted_by, posted_at)
SELECT mark[62], mark[4], 'inventory', '1970-01-01', 'stock_adjustment', mark[23], mark[62]::text, 10000,
       'service:' || mark[62], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO ledger_line (id, legal_entity_id, entry_id, line_no, account_id, debit_minor, credit_minor)
SELECT mark[62 + n], mark[4], mark[62], n, mark[59 + n], CASE n WHEN 1 THEN 10000 ELSE 0 END,
       CASE n WHEN 2 THEN 10000 ELSE 0 END
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark), unnest('{1,2}'::int[]) AS n
 WHERE NOT EXISTS (SELECT FROM ledger_line);

INSERT INTO layer_revaluation (id, layer_id, value_minor, origin_type, origin_id, created_at)
SELECT mark[65], mark[25], 1, 'stock_adjustment', mark[23], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
