import BulkheadCore

extension InvariantCheck {
  /// Documents exchanged with partners against what they are about.
  static let exchangeChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "E1",
      title: "what a ship notice has received is what its receipts say, and its state tells whether that is all",
      statement: Statement(
        """
        SELECT a.number || ' line ' || line.line_no::text, coalesce(came.qty, 0)::text,
               line.received::text || ' in a notice that is ' || a.state
          FROM asn_line AS line
          JOIN asn AS a ON a.id = line.asn_id
          LEFT JOIN (SELECT asn_line_id, sum(qty) AS qty FROM asn_receipt GROUP BY asn_line_id) AS came
            ON came.asn_line_id = line.id
         WHERE line.received <> coalesce(came.qty, 0)
            OR (a.state = 'announced' AND line.received > 0) OR (a.state = 'received' AND line.received < line.qty)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "E1a", title: "a receipt counted against a ship notice is of the line that the notice names",
      statement: Statement(
        """
        SELECT a.number || ' line ' || line.line_no::text, line.order_line_id::text, 'receipt ' || r.number
          FROM asn_receipt AS counted
          JOIN asn_line AS line ON line.id = counted.asn_line_id
          JOIN asn AS a ON a.id = line.asn_id
          JOIN receipt AS r ON r.id = counted.receipt_id
         WHERE NOT EXISTS (SELECT 1 FROM receipt_line AS came
                            WHERE came.receipt_id = counted.receipt_id AND came.order_line_id = line.order_line_id
                              AND came.qty >= counted.qty)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "E2",
      title: "partners were told only of shipments that left, invoices that were posted, orders that were sent",
      statement: Statement(
        """
        SELECT message.type || ' ' || message.control_no, 'shipped, posted or sent',
               coalesce(s.state, i.status, o.status, 'nothing')
          FROM edi_message AS message
          LEFT JOIN shipment AS s ON s.id = message.shipment_id
          LEFT JOIN invoice AS i ON i.id = message.invoice_id
          LEFT JOIN purchase_order AS o ON o.id = message.purchase_order_id
         WHERE message.direction = 'out' AND message.type IN ('856', '810', '850', 'DESADV', 'INVOIC', 'ORDERS')
           AND NOT coalesce(s.state = 'shipped', i.status IN ('posted', 'paid'),
                            o.status IN ('sent', 'closed', 'cancelled'), false)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "E3", title: "what a supplier rejected of an order is not waited for",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text, '0', l.open::text
          FROM purchase_ack_line AS said
          JOIN purchase_order_line AS l ON l.id = said.order_line_id
          JOIN purchase_order AS o ON o.id = l.order_id
         WHERE said.outcome = 'rejected' AND l.open > 0
           AND NOT EXISTS (SELECT 1 FROM purchase_ack_line AS other
                            WHERE other.ack_id = said.ack_id AND other.order_line_id = said.order_line_id
                              AND other.outcome <> 'rejected')
         LIMIT 100
        """)),
  ]
}
