import BulkheadCore
import BulkheadData

/// The statements about payments and what they settle.
enum PaymentStatements {
  static let party = Statement(
    """
    SELECT p.id, p.code, p.kind, p.currency FROM party AS p WHERE p.id = $1
    """)

  /// Orders of invoices, locked by id before anything else.
  static let lockOrdersOfInvoices = Statement(
    """
    SELECT o.id FROM sales_order AS o
     WHERE o.id IN (SELECT i.order_id FROM invoice AS i WHERE i.id = ANY ($1::uuid[]))
     ORDER BY o.id FOR UPDATE OF o
    """)

  static let lockTargets = Statement(
    """
    SELECT i.id, i.kind, i.status, i.number, i.customer_id, i.legal_entity_id, i.invoice_on, i.open_minor, i.order_id
      FROM invoice AS i WHERE i.id = ANY ($1::uuid[]) ORDER BY i.id FOR UPDATE
    """)

  static let lock = Statement("SELECT id FROM payment WHERE id = $1 FOR UPDATE")

  static let insert = Statement(
    """
    INSERT INTO payment (id, legal_entity_id, number, direction, book, method, party_id, currency, paid_on, reference,
      amount_minor, open_minor, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """)

  static let insertAllocations = Statement(
    """
    INSERT INTO allocation (party_id, payment_id, credit_note_id, created_by, created_at, id, invoice_id, amount_minor,
      allocated_on, reversal_of)
    SELECT $1::uuid, $2::uuid, $3::uuid, $4, $5::timestamptz, a.id, a.invoice_id, a.minor, a.allocated_on, a.reversal_of
      FROM unnest($6::uuid[], $7::uuid[], $8::bigint[], $9::date[], $10::uuid[])
           AS a (id, invoice_id, minor, allocated_on, reversal_of)
    """)

  /// Takes from what is open of invoices; negative: opens them again.
  static let settle = Statement(
    """
    UPDATE invoice AS i
       SET open_minor = i.open_minor - a.minor,
           status = CASE WHEN i.open_minor = a.minor THEN 'paid' ELSE 'posted' END, version = i.version + 1
      FROM unnest($1::uuid[], $2::bigint[]) AS a (id, minor)
     WHERE i.id = a.id
    """)

  static let setOpen = Statement("UPDATE payment SET open_minor = $2, version = version + 1 WHERE id = $1")

  static let bounce = Statement(
    """
    UPDATE payment SET status = 'bounced', bounced_on = $2, open_minor = 0, version = version + 1 WHERE id = $1
    """)

  static let header = Statement(
    """
    SELECT p.id, p.legal_entity_id, p.number, p.direction, p.book, p.method, p.status, p.party_id, party.code,
           p.currency, p.paid_on, p.bounced_on, p.reference, p.amount_minor, p.open_minor, p.created_at, p.version
      FROM payment AS p JOIN party ON party.id = p.party_id
     WHERE p.id = $1
    """)

  static let allocations = Statement(
    """
    SELECT a.id, a.invoice_id, i.number, a.amount_minor, a.allocated_on, a.reversal_of
      FROM allocation AS a JOIN invoice AS i ON i.id = a.invoice_id
     WHERE a.payment_id = $1 ORDER BY a.id
    """)

  /// Newest first. `$2` party, `$3` direction, `$4` status; NULL for any.
  static let list = Statement(
    """
    SELECT p.id, p.legal_entity_id, p.number, p.direction, p.book, p.method, p.status, p.party_id, party.code,
           p.currency, p.paid_on, p.bounced_on, p.reference, p.amount_minor, p.open_minor, p.created_at, p.version
      FROM payment AS p JOIN party ON party.id = p.party_id
     WHERE p.id < $1 AND ($2::uuid IS NULL OR p.party_id = $2) AND ($3::text IS NULL OR p.direction = $3)
       AND ($4::text IS NULL OR p.status = $4)
     ORDER BY p.id DESC LIMIT $5
    """)

  static func queries(_ id: EntityID) -> [Query] { [Query(header, .id(id)), Query(allocations, .id(id))] }

  /// The answer of `queries`; `nil` when there is no such payment.
  static func payment(_ rows: [Rows]) throws(Refusal) -> Payment? {
    guard rows.count == 2, let row = rows[0].first else { return nil }
    var payment = try payment(row)
    for part in rows[1] {
      payment.allocations.append(
        Payment.Allocation(
          id: try part.id(0), invoiceID: try part.id(1), invoiceNumber: part.textOrNil(2), minor: try part.int(3),
          allocatedOn: try CivilDate(try part.text(4)), reversalOf: part.idOrNil(5)))
    }
    return payment
  }

  static func payment(_ row: Row) throws(Refusal) -> Payment {
    Payment(
      id: try row.id(0), legalEntityID: try row.id(1), number: try row.text(2), direction: try row.known(3),
      book: try row.known(4), method: try row.known(5), status: try row.known(6), partyID: try row.id(7),
      partyCode: try row.text(8), currency: try row.currency(9), paidOn: try CivilDate(try row.text(10)),
      bouncedOn: try row.dateOrNil(11), reference: row.textOrNil(12), amount: try row.int(13), open: try row.int(14),
      createdAt: try row.instant(15), version: try row.int(16), allocations: [])
  }

  static func targets(_ rows: Rows) throws(Refusal) -> [EntityID: Settlement.Target] {
    var targets: [EntityID: Settlement.Target] = [:]
    for row in rows {
      let id = try row.id(0)
      targets[id] = Settlement.Target(
        id: id, kind: try row.known(1), status: try row.known(2), number: row.textOrNil(3),
        customerID: try row.id(4), legalEntityID: try row.id(5), invoiceOn: try CivilDate(try row.text(6)),
        open: try row.int(7), orderID: row.idOrNil(8))
    }
    return targets
  }
}
