import BulkheadCore

extension EDIReceipt {
  /// Where an X12 document says what it is called: an order or the order that is answered, a shipment, an invoice.
  private static let references: [String: (segment: String, element: Int)] = [
    "850": ("BEG", 3), "855": ("BAK", 3), "856": ("BSN", 2), "810": ("BIG", 2),
  ]

  init(_ report: X12Report, _ envelope: EDIEnvelope, makeID: () -> EntityID) {
    id = makeID()
    self.envelope = envelope
    let interchange = report.interchange
    let isRefused = interchange.isRejected
    self.isRefused = isRefused
    hasRejectedGroup = report.groups.contains(where: \.isRejected)
    findings = (interchange.findings + (isRefused ? [] : report.groups.flatMap(\.findings))).map { EDIFinding($0) }
    var messages: [Message] = []
    var acknowledgments: [FunctionalAcknowledgment] = []
    for group in isRefused ? [] : report.groups {
      for set in group.sets {
        let isAccepted = set.isAccepted && !group.isRejected
        let place = isAccepted ? Self.references[set.set.code] : nil
        messages.append(
          Message(
            id: makeID(), type: EDIText.token(set.set.code, max: 10),
            group: EDIText.token(group.group.controlNumber, max: 20),
            control: EDIText.token(set.set.controlNumber, max: 20), isAccepted: isAccepted,
            reference: place.flatMap { place in
              set.set.segments.first { $0.tag == place.segment }?.value(place.element)
            }, findings: set.findings.map { EDIFinding($0) }))
        guard isAccepted, set.set.code == "997", let read = FunctionalAcknowledgment.read(set.set) else { continue }
        acknowledgments.append(read)
      }
    }
    self.messages = messages
    self.acknowledgments = acknowledgments
    let preamble = Self.interchangeAcknowledgment(interchange).map { [$0] } ?? []
    // One 997 for every group but those that are acknowledgments themselves.
    let groups =
      isRefused ? [] : report.groups.filter { $0.group.functionalID != "FA" }.map(X12Acknowledgment.functional)
    reply = preamble.isEmpty && groups.isEmpty ? nil : .x12(preamble: preamble, groups: groups)
  }

  /// A TA1 for a refused envelope, and for a sound one whose sender asks for it. TA105 names one fault; a TA1 is never
  /// answered, not even a faulty one, or two sides could answer each other for ever.
  private static func interchangeAcknowledgment(_ interchange: X12Interchange) -> X12Segment? {
    guard interchange.preamble.isEmpty else { return nil }
    if let fault = interchange.findings.first(where: \.isFatal) {
      return X12Acknowledgment.interchange(interchange.header, accepted: false, noteCode: fault.code)
    }
    guard interchange.header.acknowledgmentRequested == "1" else { return nil }
    return X12Acknowledgment.interchange(interchange.header, accepted: true, noteCode: "000")
  }

  init(_ interchange: EDIFACTInterchange, _ envelope: EDIEnvelope, makeID: () -> EntityID) {
    id = makeID()
    self.envelope = envelope
    isRefused = interchange.isRejected
    hasRejectedGroup = false
    findings = interchange.findings.map { EDIFinding($0, isOfEnvelope: true) }
    let read = interchange.isRejected ? [] : interchange.messages
    messages = read.map { message in
      Message(
        id: makeID(), type: EDIText.token(message.type, max: 10), group: envelope.controlNumber,
        control: EDIText.printable(message.reference.isEmpty ? "0" : message.reference, max: 14),
        isAccepted: !message.isRejected,
        reference: message.isRejected ? nil : EDIFACTDocuments.reference(of: message),
        findings: message.findings.map { EDIFinding($0, isOfEnvelope: false) })
    }
    acknowledgments = read.filter { $0.type == "CONTRL" && !$0.isRejected }
      .compactMap(EDIFACTAcknowledgmentReader.read)
    reply = EDIFACTAcknowledgment.reply(to: interchange).map { .edifact($0) }
  }
}
