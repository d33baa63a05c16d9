import BulkheadCore
import BulkheadData

/// What becomes of an interchange that belongs to an agreement: a decision, made without the database.
struct EDIReceipt: Sendable {
  /// Errors stored of one interchange, and findings told to its sender.
  static let errorsMax = 200

  let id: EntityID
  let report: X12Report
  let messages: [Message]

  /// One transaction set and what is kept of it.
  struct Message: Sendable {
    let id: EntityID
    let group: X12Group
    let report: X12SetReport
    let isAccepted: Bool
    /// What an accepted document calls itself.
    let reference: String?

    var isActedOn: Bool { isAccepted && EDIInbox.acted.contains(report.set.code) }
    /// What is wrong with it, in a sentence.
    var fault: String { report.findings.first(where: \.isFatal)?.note ?? "The group that it stands in was rejected." }
  }

  /// Where a document says what it is called: an order or the order that is answered, a shipment, an invoice.
  private static let references: [String: (segment: String, element: Int)] = [
    "850": ("BEG", 3), "855": ("BAK", 3), "856": ("BSN", 2), "810": ("BIG", 2),
  ]

  init(_ report: X12Report, makeID: () -> EntityID) {
    self.report = report
    id = makeID()
    messages =
      report.interchange.isRejected
      ? []
      : report.groups.flatMap { group in
        group.sets.map { set in
          let isAccepted = set.isAccepted && !group.isRejected
          let place = isAccepted ? Self.references[set.set.code] : nil
          return Message(
            id: makeID(), group: group.group, report: set, isAccepted: isAccepted,
            reference: place.flatMap { place in
              set.set.segments.first { $0.tag == place.segment }?.value(place.element)
            })
        }
      }
  }

  /// Whether the envelope itself was refused; nothing inside it counts then.
  var isRefused: Bool { report.interchange.isRejected }

  var state: String {
    if isRefused { return "rejected" }
    let accepted = messages.count(where: \.isAccepted)
    let isWhole = accepted == messages.count && !report.groups.contains(where: \.isRejected)
    return isWhole ? "accepted" : accepted == 0 ? "rejected" : "partly_accepted"
  }

  var reason: String? {
    if isRefused { return "edi.envelopeRefused" }
    return state == "accepted" ? nil : "edi.syntax"
  }

  /// A TA1 for a refused envelope, and for a sound one whose sender asks for it. TA105 names one fault; a TA1 is never
  /// answered, not even a faulty one, or two sides could answer each other for ever.
  var interchangeAcknowledgment: X12Segment? {
    let interchange = report.interchange
    guard interchange.preamble.isEmpty else { return nil }
    if let fault = interchange.findings.first(where: \.isFatal) {
      return X12Acknowledgment.interchange(interchange.header, accepted: false, noteCode: fault.code)
    }
    guard interchange.header.acknowledgmentRequested == "1" else { return nil }
    return X12Acknowledgment.interchange(interchange.header, accepted: true, noteCode: "000")
  }

  /// One 997 for every group but those that are acknowledgments themselves.
  var functionalAcknowledgments: [[X12Segment]] {
    guard !isRefused else { return [] }
    return report.groups.filter { $0.group.functionalID != "FA" }.map(X12Acknowledgment.functional)
  }

  /// What the partner's own 997 say about documents of ours.
  var acknowledgments: [FunctionalAcknowledgment] {
    messages.filter { $0.isAccepted && $0.report.set.code == "997" }.compactMap {
      FunctionalAcknowledgment.read($0.report.set)
    }
  }

  func answer(acknowledgement: String?) -> JSON {
    let envelope = report.interchange.findings + (isRefused ? [] : report.groups.flatMap(\.findings))
    return [
      "interchange": .id(id), "controlNumber": .string(report.interchange.header.controlNumber),
      "state": .string(state), "sets": .array(messages.map(\.json)),
      "findings": .array(envelope.prefix(Self.errorsMax).map(\.json)),
      "acknowledgement": .optional(acknowledgement),
    ]
  }

  /// Insertions of what was wrong.
  func errors(at now: Instant, makeID: () -> EntityID) -> [Query] {
    var found: [(finding: X12Finding, message: EntityID?)] = report.interchange.findings.map { ($0, nil) }
    if !isRefused {
      found += report.groups.flatMap(\.findings).map { ($0, nil) }
      found += messages.flatMap { message in message.report.findings.map { ($0, message.id) } }
    }
    return found.prefix(Self.errorsMax).map { finding, message in
      Query(
        Statement(
          """
          INSERT INTO edi_error (id, interchange_id, message_id, level, code, place, note, is_fatal, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
          """),
        .id(makeID()), .id(id), .optional(message), .text(finding.level.rawValue), .text(finding.code),
        .text(EDIText.printable(finding.place, max: 80)),
        .text(EDIText.printable(finding.note, max: X12Finding.noteMax)), .bool(finding.isFatal), .instant(now))
    }
  }
}

extension EDIReceipt.Message {
  /// Findings of one set that its sender is told.
  private static let findingsMax = X12Limits.standard.findingsMax

  var json: JSON {
    [
      "message": .id(id), "type": .string(EDIText.token(report.set.code, max: 10)),
      "controlNumber": .string(EDIText.token(report.set.controlNumber, max: 20)),
      "state": .string(isAccepted ? "accepted" : "rejected"), "reference": .optional(reference),
      "findings": .array(report.findings.prefix(Self.findingsMax).map(\.json)),
    ]
  }

  func insertion(agreement: EntityID, interchange: EntityID, at now: Instant) -> Query {
    Query(
      Statement(
        """
        INSERT INTO edi_message
          (id, interchange_id, agreement_id, direction, type, group_control, control_no, state, business_ref,
           created_at)
        VALUES ($1, $2, $3, 'in', $4, $5, $6, $7, $8, $9)
        """),
      .id(id), .id(interchange), .id(agreement), .text(EDIText.token(report.set.code, max: 10)),
      .text(EDIText.token(group.controlNumber, max: 20)), .text(EDIText.token(report.set.controlNumber, max: 20)),
      .text(isAccepted ? (isActedOn ? "received" : "processed") : "rejected"), .optional(reference), .instant(now))
  }
}

extension X12Interchange {
  /// The same interchange, refused because its control number was used before (TA105 025).
  var repeated: X12Interchange {
    let finding = X12Finding(
      .interchange, "025", at: "ISA", 1, element: 13, value: header.controlNumber,
      "ISA13: an interchange with this control number was received before.")
    return X12Interchange(header: header, preamble: preamble, groups: groups, findings: [finding] + findings)
  }
}
