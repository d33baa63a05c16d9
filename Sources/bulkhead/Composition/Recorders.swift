import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadWork
import Distribution

/// The product's seams, filled with the platform's outbox and audit trail.
struct OutboxAdapter: OutboxRecorder {
  let outbox: Outbox
  let watch: LeakWatch

  func query(topic: String, key: String, payload: JSON, context: TenantContext) throws -> Query {
    if watch.checks.contains(.jobs) {
      try watch.inspect(payload.utf8, at: .job, for: context.tenant)
      try watch.inspect(Array(key.utf8), at: .job, for: context.tenant)
    }
    return try outbox.query(for: Event(topic, key: key, payload: payload), context: context)
  }
}

struct AuditAdapter: AuditRecorder {
  let trail: AuditTrail

  func query(_ act: String, subject: String, detail: JSON, context: TenantContext) throws -> Query {
    trail.query(AuditAct(act), subject: subject, detail: detail, context: context)
  }
}
