-- The decoy's one exception, one answer of its supplier, and one notice that was received.
INSERT INTO edi_exception (id, message_id, code, about, note, created_at)
SELECT mark[150], mark[46], 'edi.itemUnknown', mark[150]::text, mark[150]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO purchase_ack (id, order_id, message_id, verdict, supplier_number, answered_on, created_at)
SELECT mark[151], mark[135], mark[46], 'accepted', mark[151]::text, '1970-01-01', 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO purchase_ack_line (id, ack_id, entry_no, order_line_id, outcome, qty, note)
SELECT mark[152], mark[151], 1, mark[136], 'accepted', 1, mark[152]::text
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO asn (id, supplier_id, number, message_id, state, carrier, created_at)
SELECT mark[153], mark[6], mark[153]::text, mark[46], 'received', mark[153]::text, 'epoch'
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO asn_line (id, asn_id, line_no, order_line_id, lot, entered_qty, entered_uom, qty, over_order, received)
SELECT mark[154], mark[153], 1, mark[136], mark[154]::text, 1, 'AAA', 1, 0, 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;

INSERT INTO asn_receipt (id, asn_line_id, receipt_id, qty)
SELECT mark[155], mark[154], mark[138], 1
  FROM (SELECT current_setting('bulkhead.marks')::uuid[]) AS decoy (mark)
ON CONFLICT DO NOTHING;
