-- Decoys in the platform's tables. See Distribution's file for what a decoy is; rows 200 to 219 are the platform's.
--
-- The outbox has a decoy that counts as sent long ago: the relay, which reads across tenants on purpose, must not meet
-- it. audit_head gets its row from the trigger.
INSERT INTO outbox (id, topic, key, envelope, created_at, dispatched_at)
SELECT mark[201], 'decoy', mark[201]::text, convert_to(mark[201]::text, 'UTF8'), 'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO consumed_event (consumer, event_id, consumed_at)
SELECT mark[202]::text, mark[202], 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO idempotency_key (actor, key, fingerprint, status, body, content_type, created_at)
SELECT 'service:' || mark[203], mark[203]::text, sha256(uuid_send(mark[203])), 200, convert_to(mark[203]::text, 'UTF8'),
       'application/json', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO audit_entry (occurred_at, actor, act, subject, detail, credential)
SELECT 'epoch', 'service:' || mark[204], 'decoy.made', 'decoy:' || mark[204], json_build_object('id', mark[204]),
       mark[204]
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
 WHERE NOT EXISTS (SELECT FROM audit_entry WHERE act = 'decoy.made');
