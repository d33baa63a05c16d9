-- The decoy's taxes and terms.
INSERT INTO payment_term (id, code, name, days, is_default, created_at)
SELECT mark[100], mark[100]::text, mark[100]::text, 30, true, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_billing (customer_id, payment_term_id, exemption, exemption_certificate)
SELECT mark[6], mark[100], 'RESALE', mark[101]::text
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO tax_setting (legal_entity_id, rounding)
SELECT mark[4], 'line' FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO tax_code (id, code, name, created_at)
SELECT mark[102], mark[102]::text, mark[102]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO tax_rate (id, tax_code_id, jurisdiction, percent, valid_from, created_at)
SELECT mark[103], mark[102], mark[103]::text, 8, '1970-01-01', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO tax_rule (id, legal_entity_id, tax_category, tax_code_id, created_at)
SELECT mark[104], mark[4], mark[104]::text, mark[102], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
