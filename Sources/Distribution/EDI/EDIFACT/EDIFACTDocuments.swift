import BulkheadCore

/// The readers of all kinds of message.
enum EDIFACTDocuments {
  /// Whether the message's reader can make out what it needs.
  static func check(_ message: EDIFACTMessage) throws(EDIFACTFinding) {
    let units = EDIFACTUnits()
    switch EDIDocumentKind.of(message.type)?.kind {
    case .order: _ = try EDIFACTOrdersReader.document(message, units)
    case .answer: _ = try EDIFACTOrderResponseReader.document(message, units)
    case .shipNotice: _ = try EDIFACTDespatchReader.document(message, units)
    case .invoice: _ = try EDIFACTInvoiceReader.document(message, units)
    case .acknowledgment:
      guard EDIFACTAcknowledgmentReader.read(message) == nil, let header = message.segments.first else { return }
      throw EDIFACTFinding(.missing, at: header, "The interchange that is acknowledged (UCI) is not named.")
    case nil: return
    }
  }

  /// What a message calls itself: an order or the order that is answered, a shipment, an invoice.
  static func reference(of message: EDIFACTMessage) -> String? {
    switch EDIDocumentKind.of(message.type)?.kind {
    case .order, .shipNotice, .invoice: message.segments.first { $0.tag == "BGM" }?.value(2)
    case .answer: message.segments.first { $0.tag == "RFF" && $0[1, 1] == "ON" }?.value(1, 2)
    case .acknowledgment, nil: nil
    }
  }
}
