import BulkheadCore

extension RefusalCode {
  public static let eventTopicInvalid = RefusalCode("event.topicInvalid", .internal)
  public static let eventKeyInvalid = RefusalCode("event.keyInvalid", .internal)
  public static let eventTooLarge = RefusalCode("event.tooLarge", .tooLarge)
  /// What was unsealed is not an event: written by another version, or not by an outbox.
  public static let eventUnreadable = RefusalCode("event.unreadable", .internal)

  /// The codes of the outbox and the queue.
  public static let work: [RefusalCode] = [.eventTopicInvalid, .eventKeyInvalid, .eventTooLarge, .eventUnreadable]
}

/// Why a job did not get done, as it stands in the queue, in metrics and in the audit trail. Codes hold no data.
package enum JobFault: String, Sendable, CaseIterable {
  /// The envelope does not open for the tenant, job and topic that the queue claims.
  case envelopeRefused = "job.envelopeRefused"
  /// The envelope opens, and its tenant is not the queue's.
  case tenantMismatch = "job.tenantMismatch"
  case payloadUnreadable = "job.payloadUnreadable"
  /// No handler takes this topic.
  case topicUnknown = "job.topicUnknown"
  /// The handler failed with an error that has no code.
  case handlerFailed = "job.handlerFailed"
  /// The handler took longer than the limit.
  case overtime = "job.overtime"
  /// The worker went away, or could not renew its lease in time.
  case leaseLost = "job.leaseLost"
}
