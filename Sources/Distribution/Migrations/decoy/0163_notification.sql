-- The decoy's one endpoint, and what was sent there.
INSERT INTO notification_setting (brand)
SELECT mark[175]::text FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO notification_endpoint (id, name, url, sealed_secret, created_at)
SELECT mark[176], mark[176]::text, 'http://' || mark[176] || '.test/', decode('00', 'hex'), 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO notification_subscription (id, endpoint_id, event, subject_template, text_template, created_at)
SELECT mark[177], mark[176], 'order.confirmed', mark[177]::text, mark[177]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO notification (id, subscription_id, endpoint_id, event_id, event, subject, body, created_at)
SELECT mark[178], mark[177], mark[176], mark[178], 'order.confirmed', mark[178]::text, mark[178]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
