import BulkheadCore
import BulkheadData
import BulkheadWork

/// A supplier's document as it lies in store, read again from the bytes that came. Tenant-scoped.
struct EDISupplierDocument: Sendable {
  let message: EntityID
  let interchange: EntityID
  let content: EDIReceivedDocument
  let supplier: EntityID
  let reference: String?

  /// `nil` when somebody else has dealt with it.
  init?(_ message: EntityID, _ type: String, in tx: Transaction) async throws {
    let rows = try await tx.run(
      Statement(
        """
        SELECT message.interchange_id, message.group_control, message.control_no, interchange.raw, partner.party_id,
               message.business_ref, message.state
        FROM edi_message AS message
        JOIN edi_interchange AS interchange ON interchange.id = message.interchange_id
        JOIN edi_agreement AS agreement ON agreement.id = message.agreement_id
        JOIN trading_partner AS partner ON partner.id = agreement.partner_id
        WHERE message.id = $1 AND message.direction = 'in' AND message.type = $2
        """), .id(message), .text(type))
    guard let row = rows.first else { throw Refusal.notFound }
    guard try row.text(6) == "received" else { return nil }
    self.message = message
    interchange = try row.id(0)
    content = try await EDIReceivedDocument(
      type, group: try row.text(1), control: try row.text(2), in: try row.bytes(3), tx)
    supplier = try row.id(4)
    reference = row.textOrNil(5)
  }
}

/// Acts on what suppliers send: answers, ship notices and invoices. Tenant-scoped; runs as a job, has its effect once.
/// What cannot be acted on goes to the work list with the reason, and changes nothing else.
struct EDISupplierIntake: Sendable {
  static let consumer = "edi.supplier"

  let services: Services

  func handle(_ job: Job, _ tenant: Tenant, _ type: String) async throws {
    guard let message = job.payload["message"]?.id else { throw JobAbandoned("edi.payloadUnreadable") }
    do {
      try await tenant.transaction { tx in
        guard try await ConsumedEvents.claim(job, consumer: Self.consumer, in: tx),
          let document = try await EDISupplierDocument(message, type, in: tx)
        else { return }
        try await act(document, type, in: tx)
      }
    } catch {
      guard let refusal = EDIRefusal.final(error) else { throw error }
      // What was begun is rolled back; that it was refused is noted in a transaction of its own.
      try await tenant.transaction { tx in
        guard try await ConsumedEvents.claim(job, consumer: Self.consumer, in: tx) else { return }
        try await refuse(message, type, refusal, in: tx)
      }
    }
  }

  private func act(_ document: EDISupplierDocument, _ type: String, in tx: Transaction) async throws {
    switch EDIDocumentKind.of(type)?.kind {
    case .answer: try await EDIAnswerIntake(services: services).take(document, in: tx)
    case .shipNotice: try await EDINoticeIntake(services: services).take(document, in: tx)
    case .invoice: try await EDIInvoiceIntake(services: services).take(document, in: tx)
    case .order, .acknowledgment, nil: throw JobAbandoned("edi.notFromSuppliers")
    }
  }

  private func refuse(_ message: EntityID, _ type: String, _ refusal: Refusal, in tx: Transaction) async throws {
    let rows = try await tx.run(
      Statement(
        """
        UPDATE edi_message AS message SET state = 'refused'
        WHERE message.id = $1 AND message.direction = 'in' AND message.state = 'received'
        RETURNING message.interchange_id, message.business_ref
        """), .id(message))
    guard let row = rows.first else { return }
    let about = "\(type) \(row.textOrNil(1) ?? "")"
    try tx.enqueue(
      Query(
        Statement(
          """
          INSERT INTO edi_error (id, interchange_id, message_id, level, code, place, note, is_fatal, created_at)
          VALUES ($1, $2, $3, 'business', $4, $5, $6, true, $7)
          """),
        .id(services.ambient.makeID()), .id(try row.id(0)), .id(message), .text(refusal.code.name),
        .text(EDIText.printable(refusal.violations.first?.pointer ?? about, max: 80)),
        .text(EDIText.printable(refusal.detail, max: 500)),
        .instant(services.ambient.now)))
    try tx.enqueue(
      EDIWorkList(services: services).entry(refusal.code.name, about: about, refusal.detail, message: message))
  }
}
