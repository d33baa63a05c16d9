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
    Query(
      Self.insert, .instant(ambient.now), .text(context.actor.description),
      .text(AuditText.fitted(act.name, bytesMax: AuditText.actBytesMax)),
      .text(AuditText.fitted(subject, bytesMax: AuditText.subjectBytesMax)), .text(AuditText.fitted(detail)),
      .id(context.credential))
  }

  private static let insert = Statement(
    """
    INSERT INTO audit_entry (occurred_at, actor, act, subject, detail, credential)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)
}
