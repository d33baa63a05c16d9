-- The decoy's one repair, of a table that nothing is written to.
INSERT INTO figure_repair
  (id, check_name, table_name, column_name, row_id, subject, was, became, proof, repaired_by, repaired_at)
SELECT mark[184], 'I1', 'product', 'none', mark[184], mark[184]::text, 0, 1, mark[184]::text, 'service:' || mark[184],
       'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
