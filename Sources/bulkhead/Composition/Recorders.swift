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
    try inspect(payload, key, context)
    return try outbox.query(for: Event(topic, key: key, payload: payload), context: context)
  }

  func query(_ events: [EventRecord], context: TenantContext) throws -> Query {
    for event in events { try inspect(event.payload, event.key, context) }
    return try outbox.query(
      for: events.map { Event($0.topic, key: $0.key, payload: $0.payload) }, context: context)
  }

  private func inspect(_ payload: JSON, _ key: String, _ context: TenantContext) throws {
    guard watch.checks.contains(.jobs) else { return }
    try watch.inspect(payload.utf8, at: .job, for: context.tenant)
    try watch.inspect(Array(key.utf8), at: .job, for: context.tenant)
  }
}

struct AuditAdapter: AuditRecorder {
  let trail: AuditTrail

  func query(_ act: String, subject: String, detail: JSON, context: TenantContext) throws -> Query {
    trail.query(AuditAct(act), subject: subject, detail: detail, context: context)
  }
}

extension Platform {
  /// What the product's desks act with.
  var services: Services {
    Services(
      ambient: ambient, outbox: OutboxAdapter(outbox: Outbox(sealer: sealer, ambient: ambient), watch: watch),
      audit: AuditAdapter(trail: AuditTrail(ambient: ambient)))
  }
}
