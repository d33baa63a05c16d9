import BulkheadCore

/// Makes the statements that write one tenant's audit trail. Tenant-scoped: the entry belongs to the tenant that the
/// transaction is bound to.
///
/// Number, hashes and the link to the entry before are made inside PostgreSQL (`0002_audit.sql`), so that no writer
/// can fork or forge the chain. The end of the chain stays locked from this statement until the transaction ends:
/// enqueue it last, right before the commit, so that it travels with the commit and the lock is held for one round
/// trip.
public struct AuditTrail: Sendable {
  private let ambient: Ambient

  public init(ambient: Ambient) { self.ambient = ambient }

  /// The statement that records that the actor of `context` did `act` to `subject`.
  ///
  /// - `subject`: what it was done to, such as `order:0192…`; at most 500 bytes, cut beyond.
  /// - `detail`: at most 8,192 bytes as JSON text; of a larger one only size and SHA-256 are kept. It must hold no
  ///   secret: whoever may read the trail reads it.
  public func query(_ act: AuditAct, subject: String, detail: JSON, context: TenantContext) -> Query {
    entry(act, subject: subject, detail: detail, actor: context.actor.description, credential: context.credential)
  }

  /// The statement that records what was counted. The platform writes it; it names who acted, where that is known.
  package func query(_ sum: AuditLedger.Sum, writer: Actor) -> Query {
    entry(
      sum.kind.act, subject: sum.kind.subject, detail: sum.detail, actor: (sum.kind.actor ?? writer).description,
      credential: nil)
  }

  /// The statement that records `intent`, whose act was in the control database.
  package func query(_ intent: AuditIntent) -> Query {
    entry(
      intent.act, subject: intent.subject, detail: intent.detail, actor: intent.actor, credential: intent.credential,
      at: intent.occurredAt)
  }

  private func entry(
    _ act: AuditAct, subject: String, detail: JSON, actor: String, credential: EntityID?, at instant: Instant? = nil
  ) -> Query {
    Query(
      Self.insert, .instant(instant ?? ambient.now), .text(actor),
      .text(AuditText.fitted(act.name, bytesMax: AuditText.actBytesMax)),
      .text(AuditText.fitted(subject, bytesMax: AuditText.subjectBytesMax)), .text(AuditText.fitted(detail)),
      .optional(credential))
  }

  private static let insert = Statement(
    """
    INSERT INTO audit_entry (occurred_at, actor, act, subject, detail, credential)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
}
