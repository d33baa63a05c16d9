-- The decoy's one payment, and what it settles.
INSERT INTO payment
  (id, legal_entity_id, number, direction, book, method, party_id, currency, paid_on, reference, amount_minor,
   open_minor, created_by, created_at)
SELECT mark[108], mark[4], mark[108]::text, 'received', 'receivable', 'bank', mark[6], 'USD', '1970-01-02',
       mark[108]::text, 100, 0, 'service:' || mark[108], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO allocation
  (id, party_id, payment_id, invoice_id, amount_minor, allocated_on, created_by, created_at)
SELECT mark[109], mark[6], mark[108], mark[105], 100, '1970-01-02', 'service:' || mark[109], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
