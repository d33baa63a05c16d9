import BulkheadCore

extension InvariantCheck {
  /// Invoices and payments against the ledger, against each other and against their customers' credit.
  static let financeChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "F1", title: "the receivable accounts are open invoices less credit notes and payments on account",
      statement: Statement(
        """
        SELECT entity.code, sum(part.open)::text, sum(part.booked)::text
          FROM (SELECT legal_entity_id, CASE WHEN kind = 'invoice' THEN open_minor ELSE -open_minor END AS open,
                       0::bigint AS booked FROM invoice
                UNION ALL
                SELECT legal_entity_id, CASE WHEN direction = 'received' THEN -open_minor ELSE open_minor END, 0
                  FROM payment WHERE book = 'receivable'
                UNION ALL
                SELECT line.legal_entity_id, 0, line.debit_minor - line.credit_minor
                  FROM ledger_line AS line JOIN account ON account.id = line.account_id
                 WHERE account.control = 'receivable') AS part
          JOIN legal_entity AS entity ON entity.id = part.legal_entity_id
         GROUP BY entity.code
        HAVING sum(part.open) <> sum(part.booked)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "F2", title: "an invoice is the sum of its lines and of the taxes on them, and has lines",
      statement: Statement(
        """
        SELECT coalesce(i.number, i.id::text), i.net_minor::text || ' and ' || i.tax_minor::text,
               coalesce(sum(l.net_minor), -1)::text || ' and ' || coalesce(sum(l.tax_minor), -1)::text || ' of '
                 || coalesce(sum(part.tax), 0)::text
          FROM invoice AS i
          LEFT JOIN invoice_line AS l ON l.invoice_id = i.id
          LEFT JOIN (SELECT line_id, sum(tax_minor) AS tax FROM invoice_line_tax GROUP BY line_id) AS part
            ON part.line_id = l.id
         GROUP BY i.id, i.number, i.net_minor, i.tax_minor
        HAVING coalesce(sum(l.net_minor), -1) <> i.net_minor OR coalesce(sum(l.tax_minor), -1) <> i.tax_minor
            OR coalesce(sum(part.tax), 0) <> i.tax_minor
         LIMIT 100
        """)),
    InvariantCheck(
      name: "F3", title: "numbers of invoices and credit notes have no gaps",
      statement: Statement(
        """
        SELECT entity.code || ' ' || series.doc_type || ' ' || series.fiscal_year::text,
               (series.next_value - 1)::text, coalesce(used.count, 0)::text || ' up to ' || coalesce(used.last, 0)::text
          FROM number_series AS series
          JOIN legal_entity AS entity ON entity.id = series.legal_entity_id
          LEFT JOIN (SELECT legal_entity_id, kind, fiscal_year, count(*) AS count, max(sequence) AS last
                       FROM invoice WHERE sequence IS NOT NULL GROUP BY legal_entity_id, kind, fiscal_year) AS used
            ON used.legal_entity_id = series.legal_entity_id AND used.kind = series.doc_type
               AND used.fiscal_year = series.fiscal_year
         WHERE series.doc_type IN ('invoice', 'credit_note')
           AND (coalesce(used.count, 0) <> series.next_value - 1 OR coalesce(used.last, 0) <> series.next_value - 1)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "F4", title: "what a customer's credit says is owed is what is open",
      statement: Statement(
        """
        SELECT customer.code, coalesce(owed.minor, 0)::text, account.open_receivable_minor::text
          FROM credit_account AS account
          JOIN party AS customer ON customer.id = account.customer_id
          LEFT JOIN (SELECT part.customer_id, sum(part.open) AS minor
                       FROM (SELECT customer_id, CASE WHEN kind = 'invoice' THEN open_minor ELSE -open_minor END AS open
                               FROM invoice
                             UNION ALL
                             SELECT party_id, CASE WHEN direction = 'received' THEN -open_minor ELSE open_minor END
                               FROM payment WHERE book = 'receivable') AS part
                      GROUP BY part.customer_id) AS owed ON owed.customer_id = account.customer_id
         WHERE account.open_receivable_minor <> coalesce(owed.minor, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "F5", title: "what is open of an invoice is its total less what settles it",
      statement: Statement(
        """
        SELECT i.number, (i.total_minor - coalesce(settled.minor, 0))::text, i.open_minor::text
          FROM invoice AS i
          LEFT JOIN (SELECT part.id, sum(part.minor) AS minor
                       FROM (SELECT invoice_id AS id, amount_minor AS minor FROM allocation
                             UNION ALL
                             SELECT credit_note_id, amount_minor FROM allocation WHERE credit_note_id IS NOT NULL
                            ) AS part
                      GROUP BY part.id) AS settled ON settled.id = i.id
         WHERE i.number IS NOT NULL AND i.open_minor <> i.total_minor - coalesce(settled.minor, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "F5a", title: "what is on account of a payment is its amount less what it settles",
      statement: Statement(
        """
        SELECT p.number,
               (CASE WHEN p.status = 'bounced' THEN 0 ELSE p.amount_minor END - coalesce(settled.minor, 0))::text,
               p.open_minor::text
          FROM payment AS p
          LEFT JOIN (SELECT payment_id, sum(amount_minor) AS minor FROM allocation GROUP BY payment_id) AS settled
            ON settled.payment_id = p.id
         WHERE p.open_minor
               <> CASE WHEN p.status = 'bounced' THEN 0 ELSE p.amount_minor END - coalesce(settled.minor, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "F6", title: "what an order's line says is invoiced and credited is what posted invoices say",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text,
               coalesce(billed.invoiced, 0)::text || ' and ' || coalesce(billed.credited, 0)::text,
               l.invoiced::text || ' and ' || l.credited::text
          FROM sales_order_line AS l
          JOIN sales_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT d.order_line_id, sum(CASE WHEN i.kind = 'invoice' THEN d.qty ELSE 0 END) AS invoiced,
                            sum(CASE WHEN i.kind = 'credit_note' THEN d.qty ELSE 0 END) AS credited
                       FROM invoice AS i JOIN invoice_line AS d ON d.invoice_id = i.id
                      WHERE i.number IS NOT NULL GROUP BY d.order_line_id) AS billed ON billed.order_line_id = l.id
         WHERE l.invoiced <> coalesce(billed.invoiced, 0) OR l.credited <> coalesce(billed.credited, 0)
         LIMIT 100
        """)),
  ]
}
