import BulkheadCore
import BulkheadData

/// A draft that is about to be posted or cancelled, with its order and its customer's credit held.
struct InvoiceHold: Sendable {
  var invoice: Invoice
  let entity: LegalEntity
  /// Lines of the order, by id.
  let orderLines: [EntityID: OrderLineBilling]

  /// Locks in the global order. Refuses with `resource.notFound`.
  static func take(_ id: EntityID, in tx: Transaction) async throws -> InvoiceHold {
    guard let place = try await tx.run(InvoiceStatements.whereabouts, .id(id)).first else { throw Refusal.notFound }
    let order = place.idOrNil(0)
    let entity = LegalEntity(
      id: try place.id(3), currency: try place.currency(4), fiscalYearStartMonth: Int(try place.int(5)))
    let invoices = [id, place.idOrNil(2)].compactMap { $0 }.sorted()
    let rows = try await tx.run(
      [
        Query(InvoiceStatements.lockOrders, .ids([order].compactMap { $0 })),
        CreditPosition.lock(try place.id(1)), Query(InvoiceStatements.lock, .ids(invoices)),
        Query(InvoiceStatements.orderLines, .optional(order)),
      ] + InvoiceReader.queries(id))
    var lines: [EntityID: OrderLineBilling] = [:]
    for row in rows[3] {
      let line = try OrderLineBilling(row)
      lines[line.id] = line
    }
    guard let invoice = try InvoiceReader.invoice(Array(rows[4...])) else { throw Refusal.notFound }
    return InvoiceHold(invoice: invoice, entity: entity, orderLines: lines)
  }

  /// Refuses with `version.mismatch` or `invoice.notDraft`.
  func check(version: Int64?) throws(Refusal) {
    guard version == nil || version == invoice.version else {
      throw Refusal(.versionMismatch, "It has changed since; its version is \(invoice.version).")
    }
    guard invoice.status == .draft else {
      throw Refusal(.invoiceNotDraft, "It is \(invoice.status.rawValue): only a draft can be posted or cancelled.")
    }
  }

  /// What posting changes in the order's lines, and by how much less waits to be billed. Refuses with
  /// `invoice.beyondShipped` or `credit.beyondInvoiced`.
  func changes() throws(Refusal) -> (lines: [Query], unbilled: Int64) {
    var ids: [EntityID] = []
    var quantities: [Quantity] = []
    var unbilled: Int64 = 0
    for line in invoice.lines {
      guard let id = line.orderLineID, let billing = orderLines[id] else { continue }
      ids.append(id)
      quantities.append(line.quantity)
      switch invoice.kind {
      case .invoice:
        guard try billing.allows(billing: line.quantity) else {
          throw Refusal(
            .invoiceBeyondShipped,
            "Line \(line.number) bills more than the order has shipped, not invoiced and not taken back.",
            at: "/lines/\(line.number - 1)")
        }
        let (sum, overflow) = unbilled.addingReportingOverflow(
          try billing.unbilled(after: line.quantity, invoice.currency))
        guard !overflow else { throw Money.overflow }
        unbilled = sum
      case .creditNote:
        guard try billing.credited.adding(line.quantity) <= billing.invoiced else {
          throw Refusal(
            .creditBeyondInvoiced, "Line \(line.number) credits more than the order's line was invoiced.",
            at: "/lines/\(line.number - 1)")
        }
      }
    }
    guard !ids.isEmpty else { return ([], 0) }
    let statement = invoice.kind == .invoice ? InvoiceStatements.billLines : InvoiceStatements.creditLines
    return ([Query(statement, .ids(ids), .quantities(quantities))], unbilled)
  }
}
