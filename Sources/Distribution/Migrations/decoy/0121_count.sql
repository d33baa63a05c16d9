-- The decoy's one count.
INSERT INTO count_task (id, quant_id, cause, note, requested_by, created_at, changed_at)
SELECT mark[79], quant.id, 'cycle', mark[79]::text, 'service:' || mark[79], 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
  JOIN stock_quant AS quant ON quant.product_id = mark[8] AND quant.location_id = mark[21]
 WHERE NOT EXISTS (SELECT FROM count_task);
