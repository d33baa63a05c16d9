import BulkheadCore
import BulkheadData

/// What customers owe at a date, by how long it is overdue.
enum AgedReceivables {
  /// One row for each customer who has anything open, in the order of their ids. `$1` customer to go on from, `$2`
  /// legal entity (NULL: the default), `$3` the day.
  ///
  /// As of the day: documents dated later are not there, and neither is what was settled later. Credit notes and
  /// payments that settle nothing yet stand apart, as less than nothing, so the sum is the balance of the receivable
  /// account.
  static let statement = Statement(
    """
    SELECT customer.id, customer.code, customer.legal_name, entity.currency,
           sum(CASE WHEN item.late <= 0 THEN item.minor ELSE 0 END)::bigint,
           sum(CASE WHEN item.late BETWEEN 1 AND 30 THEN item.minor ELSE 0 END)::bigint,
           sum(CASE WHEN item.late BETWEEN 31 AND 60 THEN item.minor ELSE 0 END)::bigint,
           sum(CASE WHEN item.late BETWEEN 61 AND 90 THEN item.minor ELSE 0 END)::bigint,
           sum(CASE WHEN item.late > 90 THEN item.minor ELSE 0 END)::bigint,
           sum(CASE WHEN item.late IS NULL THEN item.minor ELSE 0 END)::bigint, sum(item.minor)::bigint
      FROM (SELECT i.legal_entity_id, i.customer_id, $3::date - i.due_on AS late,
                   i.total_minor - coalesce(settled.minor, 0) AS minor
              FROM invoice AS i
              LEFT JOIN (SELECT a.invoice_id, sum(a.amount_minor) AS minor FROM allocation AS a
                          WHERE a.allocated_on <= $3::date GROUP BY a.invoice_id) AS settled
                ON settled.invoice_id = i.id
             WHERE i.kind = 'invoice' AND i.status IN ('posted', 'paid') AND i.invoice_on <= $3::date
            UNION ALL
            SELECT i.legal_entity_id, i.customer_id, NULL::int,
                   coalesce(used.minor, 0) + coalesce(refunded.minor, 0) - i.total_minor
              FROM invoice AS i
              LEFT JOIN (SELECT a.credit_note_id, sum(a.amount_minor) AS minor FROM allocation AS a
                          WHERE a.allocated_on <= $3::date GROUP BY a.credit_note_id) AS used
                ON used.credit_note_id = i.id
              LEFT JOIN (SELECT a.invoice_id, sum(a.amount_minor) AS minor FROM allocation AS a
                          WHERE a.allocated_on <= $3::date GROUP BY a.invoice_id) AS refunded
                ON refunded.invoice_id = i.id
             WHERE i.kind = 'credit_note' AND i.status IN ('posted', 'paid') AND i.invoice_on <= $3::date
            UNION ALL
            SELECT p.legal_entity_id, p.party_id, NULL::int,
                   (CASE WHEN p.direction = 'received' THEN -1 ELSE 1 END)
                   * (CASE WHEN p.bounced_on <= $3::date THEN 0 ELSE p.amount_minor END - coalesce(used.minor, 0))
              FROM payment AS p
              LEFT JOIN (SELECT a.payment_id, sum(a.amount_minor) AS minor FROM allocation AS a
                          WHERE a.allocated_on <= $3::date GROUP BY a.payment_id) AS used ON used.payment_id = p.id
             WHERE p.book = 'receivable' AND p.paid_on <= $3::date) AS item
      JOIN party AS customer ON customer.id = item.customer_id
      JOIN legal_entity AS entity ON entity.id = item.legal_entity_id
     WHERE customer.id > $1 AND item.minor <> 0
       AND CASE WHEN $2::uuid IS NOT NULL THEN entity.id = $2 ELSE entity.is_default END
     GROUP BY customer.id, customer.code, customer.legal_name, entity.currency
     ORDER BY customer.id LIMIT $4
    """)

  static let buckets = ["current", "days1to30", "days31to60", "days61to90", "over90", "unallocated", "total"]

  static func json(_ row: Row) throws(Refusal) -> JSON {
    let currency = try row.currency(3)
    var members: [JSON.Member] = [
      .init("customerId", .id(try row.id(0))), .init("customer", .string(try row.text(1))),
      .init("name", .string(try row.text(2))), .init("currency", .string(currency.code)),
    ]
    for (index, bucket) in buckets.enumerated() {
      members.append(.init(bucket, .string(try row.money(4 + index, currency).text)))
    }
    return .object(members)
  }
}
