-- The decoy's one alert.
INSERT INTO alert (id, rule, product_id, location_id, detail, note, opened_at)
SELECT mark[174], 'low_stock', mark[8], mark[21], '{}', mark[174]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
