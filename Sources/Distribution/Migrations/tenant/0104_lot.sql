-- Lots and serial numbers: for a product tracked by serial, a lot is one unit.
CREATE TABLE lot (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  code text NOT NULL CONSTRAINT lot_code_length CHECK (length(code) BETWEEN 1 AND 60),
  expiry_on date,
  best_before_on date,
  supplier_lot text CONSTRAINT lot_supplier_lot_length CHECK (length(supplier_lot) <= 60),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT lot_code_key UNIQUE (tenant_id, product_id, code),
  CONSTRAINT lot_of_product_key UNIQUE (tenant_id, product_id, id),
  CONSTRAINT lot_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id)
);
SELECT bulkhead.protect(
  'lot', updatable => '{expiry_on,best_before_on,supplier_lot,version}', deletable => false);
