import BulkheadCore
import BulkheadData

/// Interchanges whose envelope is of no agreement, as a person sees to them. Tenant-scoped.
struct EDIQuarantine: Sendable {
  let services: Services
  let inbox: EDIInbox

  private static let notQuarantined = Refusal(.ediNotQuarantined, "This interchange is not in quarantine.")

  /// Takes the bytes in as if they came now, over the channel that they came over.
  ///
  /// Refuses with `resource.notFound`, `edi.notQuarantined`, `edi.stillNotAgreed` when its envelope is still of no
  /// agreement of that channel; it then stays where it is.
  func retry(_ id: EntityID, in tx: Transaction) async throws -> JSON {
    let (channel, bytes) = try await lock(id, in: tx)
    let arrival = try EDIArrival(bytes)
    // Out of the way first: the inbox would find the held bytes and answer for them.
    try await settle(id, as: "released", nil, in: tx)
    let answer = try await inbox.receive(arrival, on: channel, in: tx)
    guard answer["state"]?.string != "quarantined" else {
      throw Refusal(.ediStillNotAgreed, "There is still no agreement of these addresses on this channel.")
    }
    return answer
  }

  /// Puts the bytes aside for good, with the reason. Refuses with `resource.notFound`, `edi.notQuarantined`.
  func discard(_ id: EntityID, reason: String, in tx: Transaction) async throws -> JSON {
    _ = try await lock(id, in: tx)
    try await settle(id, as: "discarded", reason, in: tx)
    guard let row = try await tx.run(Self.one, .id(id)).first else { throw Refusal.notFound }
    return .object(try Self.members(row))
  }

  private func lock(_ id: EntityID, in tx: Transaction) async throws -> (channel: EntityID, bytes: [UInt8]) {
    let rows = try await tx.run(
      Statement(
        "SELECT held.channel_id, held.state, held.raw FROM edi_interchange AS held WHERE held.id = $1 FOR UPDATE"),
      .id(id))
    guard let row = rows.first else { throw Refusal.notFound }
    guard try row.text(1) == "quarantined" else { throw Self.notQuarantined }
    return (try row.id(0), try row.bytes(2))
  }

  private func settle(_ id: EntityID, as state: String, _ reason: String?, in tx: Transaction) async throws {
    _ = try await tx.run(
      Query(
        Statement(
          """
          UPDATE edi_interchange AS held
          SET state = $2, settled_at = $3, settled_by = $4, settled_why = $5
          WHERE held.id = $1
          """), .id(id), .text(state), .instant(services.ambient.now), .text(tx.context.actor.description),
        .optional(reason)),
      try services.audit.query(
        "edi.quarantine.\(state)", subject: "edi_interchange:\(id)", detail: ["reason": .optional(reason)],
        context: tx.context))
  }

  static let one = Statement(
    """
    SELECT held.id, held.channel_id, held.agreement_id, held.direction, held.control_no, held.state, held.reason,
           held.sha256, held.created_at, held.sent_at, held.settled_at, held.settled_by, held.settled_why
    FROM edi_interchange AS held WHERE held.id = $1
    """)

  /// `$2` state.
  static let list = Statement(
    """
    SELECT held.id, held.channel_id, held.agreement_id, held.direction, held.control_no, held.state, held.reason,
           held.sha256, held.created_at, held.sent_at, held.settled_at, held.settled_by, held.settled_why
    FROM edi_interchange AS held
    WHERE held.id > $1 AND held.agreement_id IS NULL AND held.state = $2
    ORDER BY held.id LIMIT $3
    """)

  static func members(_ row: Row) throws(Refusal) -> [JSON.Member] {
    try EDIModule.summary(row) + [
      .init("settledAt", row.instantOrNil(10).map { .instant($0) } ?? .null), .init("settledBy", row.jsonText(11)),
      .init("settledWhy", row.jsonText(12)),
    ]
  }
}
