import BulkheadCore
import BulkheadData

/// Receives interchanges. Tenant-scoped: the tenant is the authenticated channel's, and the envelope can only agree
/// with that or land in this tenant's quarantine. It is never looked up elsewhere, so whether an address belongs to
/// another tenant or to nobody makes no difference that could be seen.
struct EDIInbox: Sendable {
  /// Topic of the event that a document was accepted; its payload is `{"message": id}`.
  static func topic(of type: String) -> String { "edi.\(type).received" }
  /// Interchanges in quarantine per channel. A channel beyond it is answered `edi.quarantineFull`.
  static let quarantineMax = 1000
  /// Earlier interchanges of one control number that a repetition is compared with.
  static let repeatsMax = 20

  private let services: Services
  private let outbound: EDIOutbound
  private var ambient: Ambient { services.ambient }

  init(_ services: Services) {
    self.services = services
    outbound = EDIOutbound(services: services)
  }

  /// Takes in one interchange and answers what became of it, as JSON for the sender.
  ///
  /// Refuses with `resource.notFound` for a channel that is not this tenant's, and with `edi.quarantineFull`.
  func receive(_ arrival: EDIArrival, on channelID: EntityID, in transaction: Transaction) async throws -> JSON {
    let found = try await transaction.run(
      EDIChannel.query(id: channelID), EDIAgreement.query(for: arrival.envelope))
    guard let channel = try found[0].first.map({ row throws(Refusal) in try EDIChannel(row) }) else {
      throw Refusal.notFound
    }
    guard let agreement = try found[1].first.map({ row throws(Refusal) in try EDIAgreement(row) }),
      agreement.partner == channel.partner
    else { return try await quarantine(arrival, channel, in: transaction) }

    let earlier = try await earlier(arrival, agreement, in: transaction)
    if let answer = earlier.answer { return answer }
    let receipt = arrival.receipt(isRepeated: earlier.isClaimed, makeID: ambient.makeID)
    return try await store(arrival.bytes, receipt, agreement, channel, in: transaction)
  }

  // MARK: Repetition

  /// Identical bytes are the sender trying again and get the same answer; other bytes under a number that was used up
  /// are a second interchange, which is refused.
  private func earlier(
    _ arrival: EDIArrival, _ agreement: EDIAgreement, in transaction: Transaction
  ) async throws -> (answer: JSON?, isClaimed: Bool) {
    let rows = try await transaction.run(
      Statement(
        """
        SELECT earlier.answer, earlier.control_claim IS NOT NULL, earlier.raw = $3
        FROM edi_interchange AS earlier
        WHERE earlier.agreement_id = $1 AND earlier.direction = 'in' AND earlier.control_no = $2
        ORDER BY earlier.control_claim IS NULL, earlier.id DESC LIMIT $4
        """), .id(agreement.id), .text(arrival.envelope.controlNumber), .bytes(arrival.bytes),
      .int(Int64(Self.repeatsMax)))
    var isClaimed = false
    for row in rows {
      if try row.bool(2), !row.isNull(0) { return (try row.json(0), false) }
      if try row.bool(1) { isClaimed = true }
    }
    return (nil, isClaimed)
  }

  // MARK: Quarantine

  private func quarantine(
    _ arrival: EDIArrival, _ channel: EDIChannel, in transaction: Transaction
  ) async throws -> JSON {
    let number = arrival.envelope.controlNumber
    let found = try await transaction.run(
      Query(
        Statement(
          """
          SELECT held.id FROM edi_interchange AS held
          WHERE held.channel_id = $1 AND held.state = 'quarantined' AND held.control_no = $2 AND held.raw = $3
          LIMIT 1
          """), .id(channel.id), .text(number), .bytes(arrival.bytes)),
      Query(
        Statement(
          """
          SELECT count(held.id) FROM edi_interchange AS held
          WHERE held.channel_id = $1 AND held.state = 'quarantined'
          """), .id(channel.id)))
    if let row = found[0].first { return Self.quarantined(try row.id(0), number) }
    guard let count = try found[1].first?.int(0), count < Self.quarantineMax else {
      throw Refusal(
        RefusalCode("edi.quarantineFull", .limited), "Too many interchanges of this channel wait in quarantine.")
    }
    let id = ambient.makeID()
    try transaction.enqueue(
      Query(
        Statement(
          """
          INSERT INTO edi_interchange (id, channel_id, direction, control_no, raw, state, reason, created_at)
          VALUES ($1, $2, 'in', $3, $4, 'quarantined', 'edi.envelopeNotAgreed', $5)
          """),
        .id(id), .id(channel.id), .text(number), .bytes(arrival.bytes), .instant(ambient.now)))
    return Self.quarantined(id, number)
  }

  /// One answer for an address that nobody has and for one that somebody else has.
  private static func quarantined(_ id: EntityID, _ number: String) -> JSON {
    [
      "interchange": .id(id), "controlNumber": .string(number), "state": "quarantined", "sets": [], "findings": [],
      "acknowledgement": nil,
    ]
  }

  // MARK: Storing

  private func store(
    _ bytes: [UInt8], _ receipt: EDIReceipt, _ agreement: EDIAgreement, _ channel: EDIChannel,
    in transaction: Transaction
  ) async throws -> JSON {
    let number = receipt.envelope.controlNumber
    let acknowledgement = try await acknowledge(receipt, agreement, channel, in: transaction)
    let answer = receipt.answer(acknowledgement: acknowledgement)
    let now = ambient.now
    try transaction.enqueue(
      Query(
        Statement(
          """
          INSERT INTO edi_interchange
            (id, channel_id, agreement_id, direction, control_no, control_claim, raw, state, reason, answer, created_at)
          VALUES ($1, $2, $3, 'in', $4, $5, $6, $7, $8, $9, $10)
          """),
        .id(receipt.id), .id(channel.id), .id(agreement.id), .text(number),
        receipt.isRefused ? .null : .text(number), .bytes(bytes), .text(receipt.state),
        .optional(receipt.reason), .json(answer), .instant(now)))
    for message in receipt.messages {
      try transaction.enqueue(message.insertion(agreement: agreement.id, interchange: receipt.id, at: now))
      if message.isActedOn {
        try transaction.enqueue(
          try services.outbox.query(
            topic: Self.topic(of: message.type), key: message.id.description,
            payload: ["message": .id(message.id)], context: transaction.context))
      }
    }
    for query in receipt.errors(at: now, makeID: ambient.makeID) { try transaction.enqueue(query) }
    if let fault = receipt.fault {
      try transaction.enqueue(
        EDIWorkList(services: services).entry(
          fault.code, about: "interchange \(number)", fault.note, message: fault.message))
    }
    for acknowledged in receipt.acknowledgments {
      try await EDIAcknowledged(services: services).apply(acknowledged, agreement: agreement.id, in: transaction)
    }
    return answer
  }

  /// Writes what the interchange is owed.
  private func acknowledge(
    _ receipt: EDIReceipt, _ agreement: EDIAgreement, _ channel: EDIChannel, in transaction: Transaction
  ) async throws -> String? {
    guard let reply = receipt.reply else { return nil }
    return EDISyntax.text(
      try await outbound.reply(reply, agreement: agreement, channel: channel, in: transaction))
  }
}
