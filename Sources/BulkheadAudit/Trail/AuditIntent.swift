import BulkheadCore
import BulkheadData

/// An act in the control database whose audit entry belongs into a tenant's own trail.
///
/// The act's statement records the intent, so that the two stand or fall together. The tenant's transaction writes the
/// entry and notes the intent's id among the consumed events, both or neither. When that transaction fails, or the
/// process dies in between, whoever settles intents later does the same: the id keeps the entry from being written
/// twice.
package struct AuditIntent: Sendable {
  /// Under which name an intent is noted as consumed.
  package static let consumer = "audit.intent"

  package let id: EntityID
  package let tenant: TenantID
  package let act: AuditAct
  package let subject: String
  package let detail: JSON
  /// Who acted, as text: `user:0192…`.
  package let actor: String
  package let credential: EntityID?
  package let occurredAt: Instant

  /// An act of the actor of `context`, about to happen.
  package init(_ act: AuditAct, subject: String, detail: JSON = [:], context: TenantContext, ambient: Ambient) {
    id = ambient.makeID()
    tenant = context.tenant
    self.act = act
    self.subject = AuditText.fitted(subject, bytesMax: AuditText.subjectBytesMax)
    self.detail = detail
    actor = context.actor.description
    credential = context.credential
    occurredAt = ambient.now
  }

  fileprivate init(_ row: Row) throws {
    tenant = TenantID(try row.id(0))
    id = try row.id(1)
    occurredAt = try row.instant(2)
    actor = try row.text(3)
    act = AuditAct(try row.text(4))
    subject = try row.text(5)
    detail = try row.json(6)
    credential = row.idOrNil(7)
  }

  fileprivate var parameters: [SQLValue] {
    [
      .id(tenant.id), .id(id), .instant(occurredAt), .text(actor), .text(act.name), .text(subject),
      .text(AuditText.fitted(detail)), .optional(credential),
    ]
  }
}

extension ControlQueries {
  /// Runs `act`, a statement that writes and ends in `RETURNING`, and records `intent` when it wrote something: one
  /// statement, one transaction. Returns what `act` returned.
  package func run(_ act: String, _ parameters: [SQLValue], intending intent: AuditIntent) async throws -> Rows {
    let own = intent.parameters
    let places = own.indices.map { "$\(parameters.count + $0 + 1)" }.joined(separator: ", ")
    return try await run(
      """
      WITH act AS (\(act)), intent AS (
        INSERT INTO control.audit_intent (tenant_id, id, occurred_at, actor, act, subject, detail, credential)
        SELECT \(Self.typed(places)) WHERE EXISTS (SELECT FROM act))
      SELECT * FROM act
      """, parameters + own)
  }

  /// Records `intent` for an act that has a statement of its own elsewhere. Call it first: an entry about an act that
  /// then failed is better than an act without an entry.
  package func record(_ intent: AuditIntent) async throws {
    let places = intent.parameters.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    _ = try await run(
      """
      INSERT INTO control.audit_intent (tenant_id, id, occurred_at, actor, act, subject, detail, credential)
      SELECT \(Self.typed(places))
      """, intent.parameters)
  }

  /// A parameter in a bare SELECT has no type of its own.
  private static func typed(_ places: String) -> String {
    let types = ["uuid", "uuid", "timestamptz", "text", "text", "text", "json", "uuid"]
    return zip(places.split(separator: ", "), types).map { "\($0)::\($1)" }.joined(separator: ", ")
  }
}

/// Makes entries of intents.
package struct AuditIntents: Sendable {
  /// Older than any transaction that may still write the entry itself.
  package static let age: Duration = .seconds(30)
  /// Settled in one go.
  package static let batchMax = 100

  private let control: any ControlQueries
  private let trail: AuditTrail
  private let ambient: Ambient

  package init(control: any ControlQueries, ambient: Ambient) {
    self.control = control
    self.trail = AuditTrail(ambient: ambient)
    self.ambient = ambient
  }

  /// What the transaction that belongs to the act sends with its commit.
  package func queries(_ intent: AuditIntent) -> [Query] {
    [Query(Self.consume, .text(AuditIntent.consumer), .id(intent.id)), trail.query(intent)]
  }

  /// Intents that are `age` old, the oldest first.
  package func waiting(age: Duration = AuditIntents.age) async throws -> [AuditIntent] {
    let rows = try await control.run(
      """
      SELECT tenant_id, id, occurred_at, actor, act, subject, detail, credential FROM control.audit_intent
      WHERE occurred_at <= $1 ORDER BY occurred_at LIMIT $2
      """, [.instant(ambient.now - age), .int(Int64(Self.batchMax))])
    return try rows.map { try AuditIntent($0) }
  }

  /// Writes the entry of `intent`, unless it has been, and forgets the intent.
  package func settle(_ intent: AuditIntent, in tenant: Tenant) async throws {
    try await tenant.transaction { transaction in
      let claim = try await transaction.run(
        Self.claim, .text(AuditIntent.consumer), .id(intent.id))
      if claim.affected == 1 { try transaction.enqueue(trail.query(intent)) }
    }
    _ = try await control.run(
      "DELETE FROM control.audit_intent WHERE tenant_id = $1 AND id = $2", [.id(intent.tenant.id), .id(intent.id)])
  }

  private static let consume = Statement("INSERT INTO consumed_event (consumer, event_id) VALUES ($1, $2)")
  private static let claim = Statement(
    "INSERT INTO consumed_event (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
}
