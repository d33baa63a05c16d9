import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadWork
import Distribution

/// The product's seams, filled with the platform's outbox and audit trail.
struct OutboxAdapter: OutboxRecorder {
  let outbox: Outbox

  func query(topic: String, key: String, payload: JSON, context: TenantContext) throws -> Query {
    try outbox.query(for: Event(topic, key: key, payload: payload), context: context)
  }
}

struct AuditAdapter: AuditRecorder {
  let trail: AuditTrail

  func query(_ act: String, subject: String, detail: JSON, context: TenantContext) throws -> Query {
    trail.query(AuditAct(act), subject: subject, detail: detail, context: context)
  }
}
