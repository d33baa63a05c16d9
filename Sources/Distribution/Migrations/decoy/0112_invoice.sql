-- The decoy's one invoice. Posted after its lines came, as everybody's is.
INSERT INTO invoice
  (id, legal_entity_id, kind, customer_id, currency, order_id, invoice_on, due_on, tax_rounding, net_minor, tax_minor,
   total_minor, memo, created_by, created_at)
SELECT mark[105], mark[4], 'invoice', mark[6], 'USD', mark[27], '1970-01-01', '1970-01-31', 'line', 100, 8, 108,
       mark[105]::text, 'service:' || mark[105], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO invoice_line
  (id, invoice_id, line_no, order_line_id, product_id, description, qty, uom, unit_price, net_minor, tax_minor)
SELECT mark[106], mark[105], 1, mark[28], mark[8], mark[106]::text, 1, 'AAA', 1, 100, 8
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
 WHERE NOT EXISTS (SELECT FROM invoice_line);

INSERT INTO invoice_line_tax (id, line_id, tax_code, jurisdiction, percent, base_minor, tax_minor)
SELECT mark[107], mark[106], mark[107]::text, mark[107]::text, 8, 100, 8
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
 WHERE NOT EXISTS (SELECT FROM invoice_line_tax);

UPDATE invoice SET status = 'posted', number = id::text, fiscal_year = 1970, sequence = 1, open_minor = total_minor,
       posted_by = created_by, posted_at = 'epoch'
 WHERE status = 'draft';
