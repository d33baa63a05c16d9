-- The decoy's one closed month and what lay there then.
INSERT INTO stock_calendar (closed_before) VALUES (NULL)
ON CONFLICT DO NOTHING;

INSERT INTO stock_period (id, starts_on, ends_at, closed_by, closed_at)
SELECT mark[84], '1970-01-01', '1970-02-01 00:00:00+00', 'service:' || mark[84], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO stock_period_balance (period_id, quant_id, location_id, product_id, lot_key, on_hand)
SELECT mark[84], quant.id, quant.location_id, quant.product_id, quant.lot_key, 100
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
  JOIN stock_quant AS quant ON quant.product_id = mark[8] AND quant.location_id = mark[21]
ON CONFLICT DO NOTHING;
