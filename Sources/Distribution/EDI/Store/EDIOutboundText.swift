import BulkheadCore

/// What a document of ours says, free of the language that it is written in.
enum EDIContent: Sendable {
  case order(PurchaseOrderDocument)
  case answer(PurchaseOrderAnswer)
  case shipNotice(ShipNotice)
  case invoice(InvoiceDocument)

  var kind: EDIDocumentKind {
    switch self {
    case .order: .order
    case .answer: .answer
    case .shipNotice: .shipNotice
    case .invoice: .invoice
    }
  }

  /// GS01, and the segments between ST and SE.
  fileprivate var x12: (functionalID: String, body: [X12Segment]) {
    switch self {
    case .order(let order): ("PO", PurchaseOrderWriter.body(order))
    case .answer(let answer): ("PR", PurchaseOrderAnswerWriter.body(answer))
    case .shipNotice(let notice): ("SH", ShipNoticeWriter.body(notice))
    case .invoice(let invoice): ("IN", InvoiceDocumentWriter.body(invoice))
    }
  }

  /// The segments between UNH and UNT.
  fileprivate func edifact(_ units: EDIFACTUnits) throws(Refusal) -> [EDIFACTSegment] {
    switch self {
    case .order(let order): try EDIFACTOrdersWriter.body(order, units)
    case .answer(let answer): try EDIFACTOrderResponseWriter.body(answer, units)
    case .shipNotice(let notice): try EDIFACTDespatchWriter.body(notice, units)
    case .invoice(let invoice): try EDIFACTInvoiceWriter.body(invoice, units)
    }
  }
}

/// The inside of an interchange that is yet to be numbered and enveloped.
enum EDIOutboundText: Sendable {
  /// One functional group, or none, with a TA1 before it.
  case x12(preamble: [X12Segment], functionalID: String, sets: [(code: String, body: [X12Segment])])
  case edifact([(identifier: [String], body: [EDIFACTSegment])], wantsAcknowledgement: Bool)

  init(x12 content: EDIContent) {
    let (functionalID, body) = content.x12
    self = .x12(preamble: [], functionalID: functionalID, sets: [(content.kind.type(in: .x12), body)])
  }

  /// Refuses with `edi.numberUnfit` what the language has no room for.
  init(edifact content: EDIContent, _ units: EDIFACTUnits) throws(Refusal) {
    self = .edifact(
      [([content.kind.type(in: .edifact), "D", "96A", "UN"], try content.edifact(units))], wantsAcknowledgement: true)
  }

  init(_ reply: EDIReply) {
    switch reply {
    case .x12(let preamble, let groups):
      self = .x12(preamble: preamble, functionalID: "FA", sets: groups.map { ("997", $0) })
    case .edifact(let body):
      self = .edifact([(EDIFACTAcknowledgment.identifier, body)], wantsAcknowledgement: false)
    }
  }

  var types: [String] {
    switch self {
    case .x12(_, _, let sets): sets.map(\.code)
    case .edifact(let messages, _): messages.compactMap(\.identifier.first)
    }
  }

  /// An interchange as it goes, and what an acknowledgment of it will name.
  struct Written: Sendable {
    let bytes: [UInt8]
    /// ISA13 or UNB 0020.
    let control: String
    /// GS06, or UNB 0020 again: a CONTRL names the interchange.
    let group: String
    /// ST02 or UNH 0062 of each document.
    let messageControls: [String]
  }

  func written(_ numbers: EDIOutbound.Numbers, _ agreement: EDIAgreement, at now: Instant) -> Written {
    switch self {
    case .x12(let preamble, let functionalID, let sets):
      let numbered = sets.enumerated().map { index, set in
        (code: set.code, controlNumber: numbers.firstSet + index, body: set.body)
      }
      let group = X12OutboundGroup(functionalID: functionalID, controlNumber: numbers.group, sets: numbered)
      let bytes = X12Writer().write(
        agreement.envelope(controlNumber: numbers.interchange, writtenAt: now), preamble: preamble,
        groups: numbered.isEmpty ? [] : [group])
      return Written(
        bytes: bytes, control: X12Number.padded(numbers.interchange, to: 9), group: String(numbers.group),
        messageControls: numbered.map { X12Number.padded($0.controlNumber, to: 4) })
    case .edifact(let messages, let wantsAcknowledgement):
      let control = String(numbers.interchange)
      let numbered = messages.enumerated().map { index, message in
        (reference: String(numbers.firstSet + index), identifier: message.identifier, body: message.body)
      }
      let envelope = EDIFACTEnvelope(
        sender: agreement.ends.sender, recipient: agreement.ends.recipient, writtenAt: now, reference: control,
        isTest: agreement.usage == "T", wantsAcknowledgement: wantsAcknowledgement)
      return Written(
        bytes: EDIFACTWriter.interchange(envelope, messages: numbered), control: control, group: control,
        messageControls: numbered.map(\.reference))
    }
  }
}
