-- The decoy's one partner, its agreement and a document each way.
INSERT INTO edi_address (id, qualifier, address, created_at)
SELECT mark[40], 'ZZ', 'DECOY', 'epoch' FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO trading_partner (id, party_id, created_at)
SELECT mark[41], mark[6], 'epoch' FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_agreement
  (id, partner_id, our_qualifier, our_id, their_qualifier, their_id, version, usage, created_at)
SELECT mark[42], mark[41], 'ZZ', 'DECOY', 'ZZ', 'DECOYPARTNER', '004010', 'T', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_channel (id, partner_id, kind, name, created_at)
SELECT mark[43], mark[41], 'http', mark[43]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_control_number (agreement_id)
SELECT mark[42] FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_interchange
  (id, channel_id, agreement_id, direction, control_no, control_claim, raw, state, answer, created_at)
SELECT mark[44], mark[43], mark[42], 'in', '000000001', '000000001', convert_to(mark[44]::text, 'UTF8'), 'accepted',
       json_build_object('interchange', mark[44]), 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_interchange
  (id, channel_id, agreement_id, direction, control_no, control_claim, raw, state, created_at, sent_at)
SELECT mark[45], mark[43], mark[42], 'out', '000000001', '000000001', convert_to(mark[45]::text, 'UTF8'), 'sent',
       'epoch', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_message
  (id, interchange_id, agreement_id, direction, type, group_control, control_no, state, business_ref, created_at)
SELECT mark[46], mark[44], mark[42], 'in', '850', '1', '0001', 'processed', mark[46]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO edi_error (id, interchange_id, message_id, level, code, place, note, is_fatal, created_at)
SELECT mark[47], mark[44], mark[46], 'business', mark[47]::text, mark[47]::text, mark[47]::text, false, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
