-- Point of sale. A till cannot refuse what is in the customer's hand: its place may go below zero, and what left
-- without having been there is a shortage, valued when goods come in.

CREATE TABLE pos_terminal (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  code text NOT NULL CONSTRAINT pos_terminal_code_length CHECK (length(code) BETWEEN 1 AND 40),
  name text NOT NULL CONSTRAINT pos_terminal_name_length CHECK (length(name) BETWEEN 1 AND 200),
  legal_entity_id uuid NOT NULL,
  warehouse_id uuid NOT NULL,
  -- Where its goods lie. Copies that the foreign key keeps true: stock rests there, and may go below zero.
  location_id uuid NOT NULL,
  location_type text NOT NULL DEFAULT 'storage'
    CONSTRAINT pos_terminal_holds_stock CHECK (location_type = 'storage'),
  allow_negative boolean NOT NULL DEFAULT true CONSTRAINT pos_terminal_never_refuses CHECK (allow_negative),
  price_list_id uuid NOT NULL,
  prices_include_tax boolean NOT NULL,
  -- Where it stands, which decides the tax.
  country char(2) CONSTRAINT pos_terminal_country_form CHECK (country ~ '^[A-Z]{2}$'),
  region text CONSTRAINT pos_terminal_region_length CHECK (length(region) BETWEEN 1 AND 100),
  -- When goods leave the books: with each order, or all together when the session is closed.
  stock_posting text NOT NULL CONSTRAINT pos_terminal_stock_posting CHECK (stock_posting IN ('order', 'session')),
  next_number bigint NOT NULL DEFAULT 1,
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_terminal_code_key UNIQUE (tenant_id, code),
  CONSTRAINT pos_terminal_region_has_country CHECK (region IS NULL OR country IS NOT NULL),
  CONSTRAINT pos_terminal_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT pos_terminal_warehouse_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES location (tenant_id, id),
  CONSTRAINT pos_terminal_location_fkey FOREIGN KEY (tenant_id, location_id, location_type, allow_negative)
    REFERENCES location (tenant_id, id, type, allow_negative),
  CONSTRAINT pos_terminal_price_list_fkey FOREIGN KEY (tenant_id, price_list_id) REFERENCES price_list (tenant_id, id)
) WITH (fillfactor = 70);
SELECT bulkhead.protect(
  'pos_terminal',
  updatable => '{name,price_list_id,prices_include_tax,country,region,stock_posting,next_number,is_active,version}',
  deletable => false);

-- opened -> closing (orders of a till that was offline still come in) -> closed.
CREATE TABLE pos_session (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  terminal_id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  currency char(3) NOT NULL CONSTRAINT pos_session_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  state text NOT NULL DEFAULT 'opened'
    CONSTRAINT pos_session_state CHECK (state IN ('opened', 'closing', 'closed')),
  float_minor bigint NOT NULL CONSTRAINT pos_session_float CHECK (float_minor >= 0),
  -- What should have been in the drawer and what was, when it was closed.
  expected_minor bigint,
  counted_minor bigint CONSTRAINT pos_session_counted CHECK (counted_minor >= 0),
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_by text,
  closed_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_session_result CHECK (
    (state = 'closed') = (expected_minor IS NOT NULL) AND (expected_minor IS NULL) = (counted_minor IS NULL)
    AND (state = 'closed') = (closed_at IS NOT NULL)),
  CONSTRAINT pos_session_terminal_fkey FOREIGN KEY (tenant_id, terminal_id) REFERENCES pos_terminal (tenant_id, id),
  CONSTRAINT pos_session_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id)
);
-- A drawer has one cashier at a time.
CREATE UNIQUE INDEX pos_session_one_open ON pos_session (tenant_id, terminal_id) WHERE state <> 'closed';
SELECT bulkhead.protect(
  'pos_session', updatable => '{state,expected_minor,counted_minor,closed_by,closed_at,version}', deletable => false);
CREATE TRIGGER pos_session_final BEFORE UPDATE ON pos_session
  FOR EACH ROW WHEN (OLD.state = 'closed') EXECUTE FUNCTION refuse_change('pos_session_final');

-- Cash put into the drawer or taken out of it, other than by orders.
CREATE TABLE pos_cash_move (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  direction text NOT NULL CONSTRAINT pos_cash_move_direction CHECK (direction IN ('in', 'out')),
  amount_minor bigint NOT NULL CONSTRAINT pos_cash_move_amount CHECK (amount_minor > 0),
  reason text NOT NULL CONSTRAINT pos_cash_move_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  moved_by text NOT NULL,
  moved_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_cash_move_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES pos_session (tenant_id, id)
);
CREATE INDEX pos_cash_move_session_idx ON pos_cash_move (tenant_id, session_id);
SELECT bulkhead.protect('pos_cash_move', updatable => '{}', deletable => false);
CREATE TRIGGER pos_cash_move_append_only BEFORE UPDATE OR DELETE ON pos_cash_move
  FOR EACH ROW EXECUTE FUNCTION refuse_change('pos_cash_move_append_only');

-- open -> paid -> voided | refunded; an open order can be voided too. A refund is an order of its own whose amounts are
-- negative.
CREATE TABLE pos_order (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  -- Made by the till: however often an order is handed in, it is one order.
  client_uuid uuid NOT NULL,
  -- What was handed in under it, in one form: other content under the same id is refused.
  content text NOT NULL,
  number text NOT NULL,
  kind text NOT NULL CONSTRAINT pos_order_kind CHECK (kind IN ('sale', 'refund')),
  original_id uuid,
  session_id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  status text NOT NULL CONSTRAINT pos_order_status CHECK (status IN ('open', 'paid', 'voided', 'refunded')),
  currency char(3) NOT NULL CONSTRAINT pos_order_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  net_minor bigint NOT NULL,
  tax_minor bigint NOT NULL,
  total_minor bigint NOT NULL,
  -- What an order of a till that was offline was not paid, by the rules that hold here: posted as a cash difference.
  difference_minor bigint NOT NULL DEFAULT 0,
  is_offline boolean NOT NULL,
  table_label text CONSTRAINT pos_order_table_length CHECK (length(table_label) BETWEEN 1 AND 40),
  reason text CONSTRAINT pos_order_reason_length CHECK (length(reason) BETWEEN 1 AND 200),
  sold_at timestamptz NOT NULL,
  paid_at timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_order_client_key UNIQUE (tenant_id, client_uuid),
  CONSTRAINT pos_order_refund_names_original CHECK ((kind = 'refund') = (original_id IS NOT NULL)),
  CONSTRAINT pos_order_sums CHECK (total_minor = net_minor + tax_minor),
  CONSTRAINT pos_order_sign CHECK (CASE kind WHEN 'sale' THEN net_minor >= 0 AND tax_minor >= 0
    ELSE net_minor <= 0 AND tax_minor <= 0 END),
  CONSTRAINT pos_order_paid CHECK (status = 'voided' OR (status = 'open') = (paid_at IS NULL)),
  CONSTRAINT pos_order_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES pos_session (tenant_id, id),
  CONSTRAINT pos_order_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT pos_order_original_fkey FOREIGN KEY (tenant_id, original_id) REFERENCES pos_order (tenant_id, id)
) WITH (fillfactor = 85);
CREATE INDEX pos_order_session_idx ON pos_order (tenant_id, session_id);
CREATE INDEX pos_order_original_idx ON pos_order (tenant_id, original_id) WHERE original_id IS NOT NULL;
SELECT bulkhead.protect(
  'pos_order', updatable => '{status,difference_minor,reason,paid_at,version}', deletable => false);
CREATE TRIGGER pos_order_final BEFORE UPDATE ON pos_order
  FOR EACH ROW WHEN (OLD.status IN ('voided', 'refunded')) EXECUTE FUNCTION refuse_change('pos_order_final');

CREATE TABLE pos_order_line (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  line_no integer NOT NULL CONSTRAINT pos_order_line_no CHECK (line_no > 0),
  product_id uuid NOT NULL,
  entered_qty numeric(18,6) NOT NULL CONSTRAINT pos_order_line_entered CHECK (entered_qty > 0),
  entered_uom text NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT pos_order_line_qty CHECK (qty > 0),
  -- Of what was sold, how much came back.
  returned numeric(18,6) NOT NULL DEFAULT 0,
  unit_price numeric(20,8) NOT NULL CONSTRAINT pos_order_line_unit_price CHECK (unit_price >= 0),
  -- What the rules say; NULL where none does.
  list_price numeric(20,8),
  -- Why the till's own price was taken.
  price_reason text CONSTRAINT pos_order_line_price_reason CHECK (price_reason IN ('offline', 'markdown', 'override')),
  net_minor bigint NOT NULL,
  tax_minor bigint NOT NULL,
  -- Of a refund: the line that was sold.
  sold_line_id uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_order_line_no_key UNIQUE (tenant_id, order_id, line_no),
  CONSTRAINT pos_order_line_returned CHECK (returned BETWEEN 0 AND qty),
  CONSTRAINT pos_order_line_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES pos_order (tenant_id, id),
  CONSTRAINT pos_order_line_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT pos_order_line_sold_fkey FOREIGN KEY (tenant_id, sold_line_id) REFERENCES pos_order_line (tenant_id, id)
) WITH (fillfactor = 90);
SELECT bulkhead.protect('pos_order_line', updatable => '{returned}', deletable => false);

CREATE TABLE pos_line_tax (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  line_id uuid NOT NULL,
  tax_code text NOT NULL,
  jurisdiction text NOT NULL,
  percent numeric(9,6) NOT NULL,
  tax_minor bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_line_tax_line_fkey FOREIGN KEY (tenant_id, line_id) REFERENCES pos_order_line (tenant_id, id)
);
CREATE INDEX pos_line_tax_line_idx ON pos_line_tax (tenant_id, line_id);
SELECT bulkhead.protect('pos_line_tax', updatable => '{}', deletable => false);

CREATE TABLE pos_payment (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  session_id uuid NOT NULL,
  method text NOT NULL CONSTRAINT pos_payment_method CHECK (method IN ('cash', 'card', 'transfer')),
  -- What stays in the till; negative when it goes back to the customer.
  amount_minor bigint NOT NULL CONSTRAINT pos_payment_amount CHECK (amount_minor <> 0),
  -- What was handed over; the rest is change.
  tendered_minor bigint NOT NULL,
  reference text CONSTRAINT pos_payment_reference_length CHECK (length(reference) BETWEEN 1 AND 100),
  paid_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_payment_change CHECK (tendered_minor = amount_minor OR (method = 'cash'
    AND tendered_minor > amount_minor AND amount_minor > 0)),
  CONSTRAINT pos_payment_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES pos_order (tenant_id, id),
  CONSTRAINT pos_payment_session_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES pos_session (tenant_id, id)
);
CREATE INDEX pos_payment_order_idx ON pos_payment (tenant_id, order_id);
CREATE INDEX pos_payment_session_idx ON pos_payment (tenant_id, session_id);
SELECT bulkhead.protect('pos_payment', updatable => '{}', deletable => false);
CREATE TRIGGER pos_payment_append_only BEFORE UPDATE OR DELETE ON pos_payment
  FOR EACH ROW EXECUTE FUNCTION refuse_change('pos_payment_append_only');

-- Goods that left a place which, by the books, did not have them: moved without a value until there are layers to draw
-- it from. `open_qty` is still to be valued, `cancelled_qty` came back before that.
CREATE TABLE stock_shortage (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  legal_entity_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  move_id uuid NOT NULL,
  qty numeric(18,6) NOT NULL CONSTRAINT stock_shortage_qty CHECK (qty > 0),
  open_qty numeric(18,6) NOT NULL,
  cancelled_qty numeric(18,6) NOT NULL DEFAULT 0,
  settled_minor bigint NOT NULL DEFAULT 0 CONSTRAINT stock_shortage_settled CHECK (settled_minor >= 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT stock_shortage_move_key UNIQUE (tenant_id, move_id),
  CONSTRAINT stock_shortage_range
    CHECK (open_qty >= 0 AND cancelled_qty >= 0 AND open_qty + cancelled_qty <= qty),
  CONSTRAINT stock_shortage_legal_entity_fkey
    FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity (tenant_id, id),
  CONSTRAINT stock_shortage_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT stock_shortage_move_fkey FOREIGN KEY (tenant_id, move_id) REFERENCES stock_move (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX stock_shortage_open_idx ON stock_shortage (tenant_id, product_id) WHERE open_qty > 0;
SELECT bulkhead.protect(
  'stock_shortage', updatable => '{open_qty,cancelled_qty,settled_minor}', deletable => false);

-- What a line takes out of stock: the product itself, or what its recipe says.
CREATE TABLE pos_goods (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  line_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_key uuid NOT NULL,
  -- What the line's whole quantity needs, and what of it leaves: less where goods came back before they were posted.
  due_qty numeric(18,6) NOT NULL CONSTRAINT pos_goods_due CHECK (due_qty > 0),
  qty numeric(18,6) NOT NULL,
  state text NOT NULL CONSTRAINT pos_goods_state CHECK (state IN ('waiting', 'posted', 'dropped')),
  -- The order or the session whose posting took it out.
  posted_by_id uuid,
  -- What it was worth as it left; what left without a value is a shortage.
  cost_minor bigint NOT NULL DEFAULT 0,
  shortage_id uuid,
  -- What came back at a value, and the value.
  returned_qty numeric(18,6) NOT NULL DEFAULT 0,
  returned_minor bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT pos_goods_range CHECK (qty BETWEEN 0 AND due_qty AND returned_qty BETWEEN 0 AND qty),
  CONSTRAINT pos_goods_order_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES pos_order (tenant_id, id),
  CONSTRAINT pos_goods_line_fkey FOREIGN KEY (tenant_id, line_id) REFERENCES pos_order_line (tenant_id, id),
  CONSTRAINT pos_goods_product_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
  CONSTRAINT pos_goods_shortage_fkey FOREIGN KEY (tenant_id, shortage_id) REFERENCES stock_shortage (tenant_id, id)
) WITH (fillfactor = 80);
CREATE INDEX pos_goods_order_idx ON pos_goods (tenant_id, order_id);
CREATE INDEX pos_goods_waiting_idx ON pos_goods (tenant_id, order_id) WHERE state = 'waiting';
SELECT bulkhead.protect(
  'pos_goods', updatable => '{qty,state,posted_by_id,cost_minor,shortage_id,returned_qty,returned_minor}',
  deletable => false);
