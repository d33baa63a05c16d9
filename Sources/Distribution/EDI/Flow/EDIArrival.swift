import BulkheadCore

/// An interchange that has been read and checked, before anything is looked up for it.
struct EDIArrival: Sendable {
  let bytes: [UInt8]
  let envelope: EDIEnvelope
  private let content: Content

  private enum Content: Sendable {
    case x12(X12Report)
    case edifact(EDIFACTInterchange)
  }

  /// Refuses bytes that have no envelope to answer: `edi.notX12`, `edi.notEDIFACT`, `edi.truncated`,
  /// `edi.segmentMalformed`, `edi.tooLarge`.
  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    switch EDISyntax.of(bytes) {
    case .x12:
      let report = X12Validator(supported: Set(EDIDocumentKind.allCases.map { $0.type(in: .x12) }))
        .check(try X12Reader.read(bytes))
      envelope = EDIEnvelope(report.interchange.header)
      content = .x12(report)
    case .edifact:
      let interchange = EDIFACTValidator.check(try EDIFACTReader.readWhatCanBeAnswered(bytes))
      envelope = EDIEnvelope(interchange)
      content = .edifact(interchange)
    }
  }

  /// What becomes of it. `isRepeated`: its control number has been used by other bytes.
  func receipt(isRepeated: Bool, makeID: () -> EntityID) -> EDIReceipt {
    switch content {
    case .x12(let report):
      let judged =
        isRepeated ? X12Report(interchange: report.interchange.repeated, groups: report.groups) : report
      return EDIReceipt(judged, envelope, makeID: makeID)
    case .edifact(let interchange):
      return EDIReceipt(isRepeated ? interchange.repeated : interchange, envelope, makeID: makeID)
    }
  }
}

extension X12Interchange {
  /// The same interchange, refused because its control number was used before (TA105 025).
  fileprivate var repeated: X12Interchange {
    let finding = X12Finding(
      .interchange, "025", at: "ISA", 1, element: 13, value: header.controlNumber,
      "ISA13: an interchange with this control number was received before.")
    return X12Interchange(header: header, preamble: preamble, groups: groups, findings: [finding] + findings)
  }
}

extension EDIFACTInterchange {
  /// The same interchange, refused because its reference was used before (0085 code 26).
  fileprivate var repeated: EDIFACTInterchange {
    adding(
      EDIFACTFinding(
        .duplicate, at: EDIFACTSegment("UNB", [], position: 1), element: 5,
        "An interchange with this control reference was received before."))
  }
}
