-- What a tenant tells the outside about its events, in its own name.

-- One row: how the tenant calls itself.
CREATE TABLE notification_setting (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  key text NOT NULL DEFAULT 'main' CONSTRAINT notification_setting_one CHECK (key = 'main'),
  brand text NOT NULL CONSTRAINT notification_setting_brand_length CHECK (length(brand) BETWEEN 1 AND 100),
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, key)
);
SELECT bulkhead.protect('notification_setting', updatable => '{brand,version}', deletable => false);

-- Where webhooks go. The secret that signs them is sealed under the tenant's own key and bound to this row.
CREATE TABLE notification_endpoint (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  name text NOT NULL CONSTRAINT notification_endpoint_name_length CHECK (length(name) BETWEEN 1 AND 200),
  url text NOT NULL CONSTRAINT notification_endpoint_url_length CHECK (length(url) BETWEEN 1 AND 500),
  sealed_secret bytea NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
SELECT bulkhead.protect(
  'notification_endpoint', updatable => '{name,url,sealed_secret,is_active,version}', deletable => false);

CREATE TABLE notification_subscription (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event text NOT NULL CONSTRAINT notification_subscription_event
    CHECK (event IN ('order.confirmed', 'shipment.shipped', 'invoice.posted', 'alert.opened')),
  subject_template text NOT NULL
    CONSTRAINT notification_subscription_subject_length CHECK (length(subject_template) BETWEEN 1 AND 200),
  text_template text NOT NULL
    CONSTRAINT notification_subscription_text_length CHECK (length(text_template) BETWEEN 1 AND 4000),
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT notification_subscription_event_key UNIQUE (tenant_id, endpoint_id, event),
  CONSTRAINT notification_subscription_endpoint_fkey
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES notification_endpoint (tenant_id, id)
);
CREATE INDEX notification_subscription_event_idx ON notification_subscription (tenant_id, event) WHERE is_active;
SELECT bulkhead.protect(
  'notification_subscription', updatable => '{subject_template,text_template,is_active,version}', deletable => false);

-- queued -> sent | failed. An event makes one for each subscription, however often it is heard.
CREATE TABLE notification (
  tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(),
  id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_id uuid NOT NULL,
  event text NOT NULL,
  subject text NOT NULL,
  -- What is sent, byte for byte, on each try.
  body text NOT NULL,
  state text NOT NULL DEFAULT 'queued' CONSTRAINT notification_state CHECK (state IN ('queued', 'sent', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  error text CONSTRAINT notification_error_length CHECK (length(error) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL,
  settled_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT notification_once_key UNIQUE (tenant_id, subscription_id, event_id),
  CONSTRAINT notification_settled CHECK ((state = 'queued') = (settled_at IS NULL)),
  CONSTRAINT notification_subscription_fkey
    FOREIGN KEY (tenant_id, subscription_id) REFERENCES notification_subscription (tenant_id, id),
  CONSTRAINT notification_endpoint_fkey
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES notification_endpoint (tenant_id, id)
);
SELECT bulkhead.protect('notification', updatable => '{state,attempts,error,settled_at}', deletable => false);
CREATE TRIGGER notification_final BEFORE UPDATE ON notification
  FOR EACH ROW WHEN (OLD.state = 'sent') EXECUTE FUNCTION refuse_change('notification_final');
