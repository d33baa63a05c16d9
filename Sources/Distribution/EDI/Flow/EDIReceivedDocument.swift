import BulkheadCore
import BulkheadData

/// A received document as it lies in store, in the language that it came in. Tenant-scoped.
struct EDIReceivedDocument: Sendable {
  private let text: Text
  private let units: EDIFACTUnits

  private enum Text: Sendable {
    case x12(X12TransactionSet)
    case edifact(EDIFACTMessage)
  }

  /// Reads the document of `type` under these control numbers again from the bytes that came. Refuses with
  /// `resource.notFound`.
  init(_ type: String, group: String, control: String, in raw: [UInt8], _ transaction: Transaction) async throws {
    guard EDIDocumentKind.of(type)?.syntax == .edifact else {
      text = .x12(try X12TransactionSet.find(type, group: group, set: control, in: raw))
      units = EDIFACTUnits()
      return
    }
    let found = try EDIFACTReader.read(raw).messages.first { $0.type == type && $0.reference == control }
    guard let found else { throw Refusal.notFound }
    text = .edifact(found)
    units = try await EDIFACTUnits.ofTenant(in: transaction)
  }

  // Each refuses with `edi.unmappable` where a required value is missing.

  func order() throws(Refusal) -> PurchaseOrderDocument {
    switch text {
    case .x12(let set): try PurchaseOrderReader.read(set)
    case .edifact(let message): try EDIFACTOrdersReader.read(message, units)
    }
  }

  func answer() throws(Refusal) -> SupplierAnswer {
    switch text {
    case .x12(let set): try SupplierAnswerReader.read(set)
    case .edifact(let message): try EDIFACTOrderResponseReader.read(message, units)
    }
  }

  func shipNotice() throws(Refusal) -> ShipNotice {
    switch text {
    case .x12(let set): try ShipNoticeReader.read(set)
    case .edifact(let message): try EDIFACTDespatchReader.read(message, units)
    }
  }

  func invoice() throws(Refusal) -> InvoiceDocument {
    switch text {
    case .x12(let set): try InvoiceDocumentReader.read(set)
    case .edifact(let message): try EDIFACTInvoiceReader.read(message, units)
    }
  }
}

extension X12TransactionSet {
  /// The set of `type` under these control numbers, read again from the bytes that came. Refuses with
  /// `resource.notFound`.
  static func find(
    _ type: String, group: String, set: String, in raw: [UInt8]
  ) throws(Refusal) -> X12TransactionSet {
    let interchange = try X12Reader.read(raw)
    for candidate in interchange.groups where EDIText.token(candidate.controlNumber, max: 20) == group {
      if let found = candidate.sets.first(where: { $0.code == type && $0.controlNumber == set }) { return found }
    }
    throw Refusal.notFound
  }
}
