import BulkheadCore
import BulkheadData

/// What becomes of an interchange that belongs to an agreement: a decision, made without the database.
struct EDIReceipt: Sendable {
  /// Errors stored of one interchange, and findings told to its sender.
  static let errorsMax = 200
  /// Findings of one document that its sender is told.
  static let findingsMax = X12Limits.standard.findingsMax

  let id: EntityID
  let envelope: EDIEnvelope
  /// None where the envelope was refused.
  let messages: [Message]
  /// Of the envelope and of groups.
  let findings: [EDIFinding]
  /// Whether the envelope itself was refused; nothing inside it counts then.
  let isRefused: Bool
  /// Whether a group was rejected with what stands in it.
  let hasRejectedGroup: Bool
  /// What the sender is told of the form; `nil` when it is owed nothing, as acknowledgments are.
  let reply: EDIReply?
  /// What the partner's own acknowledgments say about documents of ours.
  let acknowledgments: [FunctionalAcknowledgment]

  /// One document and what is kept of it.
  struct Message: Sendable {
    let id: EntityID
    let type: String
    /// Of the group, or of the interchange where there are no groups: what an acknowledgment names with `control`.
    let group: String
    let control: String
    let isAccepted: Bool
    /// What an accepted document calls itself.
    let reference: String?
    let findings: [EDIFinding]

    var isActedOn: Bool {
      guard isAccepted, let kind = EDIDocumentKind.of(type)?.kind else { return false }
      return kind != .acknowledgment
    }
    /// What is wrong with it, in a sentence.
    var fault: String { findings.first(where: \.isFatal)?.note ?? "The group that it stands in was rejected." }
  }

  var state: String {
    if isRefused { return "rejected" }
    let accepted = messages.count(where: \.isAccepted)
    let isWhole = accepted == messages.count && !hasRejectedGroup
    return isWhole ? "accepted" : accepted == 0 ? "rejected" : "partly_accepted"
  }

  var reason: String? {
    if isRefused { return "edi.envelopeRefused" }
    return state == "accepted" ? nil : "edi.syntax"
  }

  /// What a person has to see to: an envelope that was refused, or the first document that was rejected.
  var fault: (code: String, note: String, message: EntityID?)? {
    if isRefused {
      let note = findings.first(where: \.isFatal)?.note ?? "The envelope was refused."
      return ("edi.envelopeRefused", note, nil)
    }
    return messages.first { !$0.isAccepted }.map { ("edi.syntax", $0.fault, $0.id) }
  }

  func answer(acknowledgement: String?) -> JSON {
    [
      "interchange": .id(id), "controlNumber": .string(envelope.controlNumber), "state": .string(state),
      "sets": .array(messages.map(\.json)), "findings": .array(findings.prefix(Self.errorsMax).map(\.json)),
      "acknowledgement": .optional(acknowledgement),
    ]
  }

  /// Insertions of what was wrong.
  func errors(at now: Instant, makeID: () -> EntityID) -> [Query] {
    var found: [(finding: EDIFinding, message: EntityID?)] = findings.map { ($0, nil) }
    found += messages.flatMap { message in message.findings.map { ($0, message.id) } }
    return found.prefix(Self.errorsMax).map { finding, message in
      Query(
        Statement(
          """
          INSERT INTO edi_error (id, interchange_id, message_id, level, code, place, note, is_fatal, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
          """),
        .id(makeID()), .id(id), .optional(message), .text(finding.level), .text(finding.code),
        .text(EDIText.printable(finding.place, max: 80)),
        .text(EDIText.printable(finding.note, max: EDIFinding.noteMax)), .bool(finding.isFatal), .instant(now))
    }
  }
}

extension EDIReceipt.Message {
  var json: JSON {
    [
      "message": .id(id), "type": .string(type), "controlNumber": .string(control),
      "state": .string(isAccepted ? "accepted" : "rejected"), "reference": .optional(reference),
      "findings": .array(findings.prefix(EDIReceipt.findingsMax).map(\.json)),
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
      .id(id), .id(interchange), .id(agreement), .text(type), .text(group), .text(control),
      .text(isAccepted ? (isActedOn ? "received" : "processed") : "rejected"), .optional(reference), .instant(now))
  }
}

/// What goes back to whoever sent an interchange, about its form only. That an order is accepted as business is said
/// by an answer to it.
enum EDIReply: Sendable {
  /// A TA1, and the body of a 997 for each group.
  case x12(preamble: [X12Segment], groups: [[X12Segment]])
  /// The body of a CONTRL.
  case edifact([EDIFACTSegment])
}
