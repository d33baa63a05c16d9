import BulkheadCore
import BulkheadData

/// One pair of addresses and what is agreed about it. Tenant-scoped.
struct EDIAgreement: Sendable {
  let id: EntityID
  let partner: EntityID
  let ourQualifier: String
  let ourID: String
  let theirQualifier: String
  let theirID: String
  /// `T` or `P`.
  let usage: String
  /// How long an acknowledgment may take.
  let ackSeconds: Int64
  let syntax: EDISyntax

  /// An X12 envelope from us to them.
  func envelope(controlNumber: Int, writtenAt: Instant) -> X12Envelope {
    X12Envelope(
      senderQualifier: ourQualifier, sender: ourID, receiverQualifier: theirQualifier, receiver: theirID, usage: usage,
      controlNumber: controlNumber, writtenAt: writtenAt)
  }

  /// The ends of an EDIFACT interchange from us to them.
  var ends: (sender: EDIFACTAddress, recipient: EDIFACTAddress) {
    (EDIFACTAddress(ourID, ourQualifier), EDIFACTAddress(theirID, theirQualifier))
  }

  /// Finds the active agreement of exactly this envelope and its language. Its row is locked until the transaction
  /// ends: two interchanges with the same control number at the same moment are then judged one after the other.
  static func query(for envelope: EDIEnvelope) -> Query {
    Query(
      Statement(
        """
        SELECT agreement.id, agreement.partner_id, agreement.our_qualifier, agreement.our_id,
               agreement.their_qualifier, agreement.their_id, agreement.usage, agreement.ack_seconds, agreement.version
        FROM edi_agreement AS agreement
        WHERE agreement.our_qualifier = $1 AND agreement.our_id = $2 AND agreement.their_qualifier = $3
          AND agreement.their_id = $4 AND agreement.usage = $5 AND agreement.version = $6
          AND agreement.state = 'active'
        FOR UPDATE
        """),
      .text(envelope.receiverQualifier), .text(envelope.receiver), .text(envelope.senderQualifier),
      .text(envelope.sender), .text(envelope.usage), .text(envelope.syntax.rawValue))
  }

  static func query(id: EntityID) -> Query {
    Query(
      Statement(
        """
        SELECT agreement.id, agreement.partner_id, agreement.our_qualifier, agreement.our_id,
               agreement.their_qualifier, agreement.their_id, agreement.usage, agreement.ack_seconds, agreement.version
        FROM edi_agreement AS agreement WHERE agreement.id = $1
        """), .id(id))
  }

  init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    partner = try row.id(1)
    ourQualifier = try row.text(2)
    ourID = try row.text(3)
    theirQualifier = try row.text(4)
    theirID = try row.text(5)
    usage = try row.text(6)
    ackSeconds = try row.int(7)
    let version = try row.text(8)
    guard let syntax = EDISyntax(rawValue: version) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "agreement of version \(version)")
    }
    self.syntax = syntax
  }
}

/// Where a partner's interchanges come in and ours go out. Tenant-scoped.
struct EDIChannel: Sendable {
  let id: EntityID
  let partner: EntityID
  let deliveryURL: String?

  /// Finds a channel that is open; of another tenant, closed and absent look the same.
  static func query(id: EntityID) -> Query {
    Query(
      Statement(
        """
        SELECT channel.id, channel.partner_id, channel.delivery_url
        FROM edi_channel AS channel JOIN trading_partner AS partner ON partner.id = channel.partner_id
        WHERE channel.id = $1 AND channel.state = 'active' AND partner.state = 'active'
        """), .id(id))
  }

  /// Reads three columns, from `first` on.
  init(_ row: Row, from first: Int = 0) throws(Refusal) {
    id = try row.id(first)
    partner = try row.id(first + 1)
    deliveryURL = row.textOrNil(first + 2)
  }
}
