-- The decoy's one file, with a part, a claim and a refused row.
INSERT INTO import_job (id, kind, file_name, mapping, size, sha256, state, checked_rows, checked_refused, created_by,
  created_at, changed_at)
SELECT mark[180], 'products', mark[180]::text || '.csv', json_build_array(mark[180])::jsonb, 36,
       sha256(convert_to(mark[180]::text, 'UTF8')), 'checked', 1, 1, 'service:' || mark[180], 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO import_part (import_id, number, content, created_at)
SELECT mark[180], 1, convert_to(mark[181]::text, 'UTF8'), 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO import_claim (import_id, key, line)
SELECT mark[180], mark[182]::text, 2
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO import_refusal (id, import_id, pass, line, column_name, code, reason, fields)
SELECT mark[183], mark[180], 'check', 2, mark[183]::text, 'input.invalid', mark[183]::text, json_build_array(mark[183])::jsonb
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
