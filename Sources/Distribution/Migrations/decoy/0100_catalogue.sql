-- Decoys: a company that is no tenant's, in the tables of every home.
--
-- Run by the administrator after each migration of a schema, as the owner of its tables, bound to a tenant id that no
-- registry knows. `bulkhead.marks` holds the home's marks; each row below carries one in its id and in a text that
-- people would see. The same walls that keep tenants apart hide the decoy, so it is in nobody's list or total. A
-- statement that has lost its predicate and row security brings it along, and the mark gives it away.
--
-- Files of this set may be run any number of times and are changed like code: nothing is kept of what was run.
INSERT INTO uom (id, code, name, created_at)
SELECT mark[1], 'AAA', mark[1]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO product_category (id, code, name, lineage, created_at)
SELECT mark[2], mark[2]::text, mark[2]::text, ARRAY[mark[2]], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_group (id, code, name, created_at)
SELECT mark[3], mark[3]::text, mark[3]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO legal_entity (id, code, name, currency, is_default, created_at)
SELECT mark[4], mark[4]::text, mark[4]::text, 'USD', true, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO number_series (legal_entity_id, doc_type, fiscal_year, next_value)
SELECT mark[4], 'sales_order', 1970, 2
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO price_list (id, code, name, currency, lineage, is_default, created_at)
SELECT mark[5], mark[5]::text, mark[5]::text, 'USD', ARRAY[mark[5]], true, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO party (id, code, kind, legal_name, tax_id, currency, customer_group_id, price_list_id, created_at)
SELECT mark[6], mark[6]::text, 'both', mark[6]::text, mark[6]::text, 'USD', mark[3], mark[5], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO party_address (id, party_id, kind, name, street, city, country, created_at)
SELECT mark[7], mark[6], 'ship_to', mark[7]::text, mark[7]::text, mark[7]::text, 'US', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO credit_account (customer_id, currency)
SELECT mark[6], 'USD' FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO product (id, sku, name, base_uom, tracking, valuation, category_id, tax_category, created_at)
SELECT mark[8], mark[8]::text, mark[8]::text, 'AAA', 'lot', 'fifo', mark[2], mark[8]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO product_identifier (id, product_id, scheme, party_key, value, uom, created_at)
SELECT mark[9], mark[8], 'customer_sku', mark[6], mark[9]::text, 'AAA', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO uom (id, code, name, created_at)
SELECT mark[10], 'AAB', mark[10]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO uom_conversion (product_key, from_uom, to_uom, numerator, denominator, created_at)
SELECT mark[8], 'AAB', 'AAA', 2, 1, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO customer_contract (id, customer_id, code, currency, valid_from, created_at)
SELECT mark[11], mark[6], mark[11]::text, 'USD', '1970-01-01', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO price_rule (id, source, price_list_id, scope, product_id, currency, kind, value, created_at)
SELECT mark[12], 'list', mark[5], 'product', mark[8], 'USD', 'fixed', 1, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
