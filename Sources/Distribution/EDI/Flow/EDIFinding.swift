import BulkheadCore

/// One thing that is wrong with a document, in whichever language it was found.
struct EDIFinding: Sendable {
  static let noteMax = 500

  /// `interchange`, `group`, `set`, `segment` or `element`.
  let level: String
  /// Of the code list that the answer uses: TA105, 716, 718, 720 or 723 of X12, 0085 of EDIFACT.
  let code: String
  /// `PO1[16].02` or `LIN[9].1`: segment, its position in the document, element.
  let place: String
  /// A sentence for the person who has to put it right.
  let note: String
  let isFatal: Bool
  /// What stood there.
  let value: String?

  init(_ finding: X12Finding) {
    level = finding.level.rawValue
    code = finding.code
    place = finding.place
    note = finding.note
    isFatal = finding.isFatal
    value = finding.value
  }

  /// - Parameter isOfEnvelope: whether it rejects the whole interchange rather than a message in it.
  init(_ finding: EDIFACTFinding, isOfEnvelope: Bool) {
    let isService = ["UNH", "UNT"].contains(finding.segment)
    level = isOfEnvelope ? "interchange" : isService ? "set" : finding.element == nil ? "segment" : "element"
    code = finding.code.rawValue
    place = finding.place
    note = finding.note
    isFatal = finding.isFatal
    value = nil
  }

  /// What stood in a faulty document is shown without its control characters: some of them cannot be stored, and none
  /// of them helps.
  var json: JSON {
    [
      "level": .string(level), "code": .string(code), "place": .string(EDIText.printable(place, max: 80)),
      "note": .string(EDIText.printable(note, max: Self.noteMax)), "isFatal": .bool(isFatal),
      "value": .optional(value.map { EDIText.printable($0, max: 99) }),
    ]
  }
}
