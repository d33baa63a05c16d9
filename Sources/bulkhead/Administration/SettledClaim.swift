import BulkheadAudit
import BulkheadData

extension Transaction {
  /// Sends what waits, the claim of the idempotency key among it. To be called before an effect outside of this
  /// transaction (in the control database): a repeated request then ends here, before it has had the effect twice.
  func settleClaim() async throws {
    _ = try await run([])
  }

  /// Writes the entry of `intent` with the commit. When the commit fails, the intent is settled later.
  func enqueue(_ intent: AuditIntent, of intents: AuditIntents) throws {
    for query in intents.queries(intent) { try enqueue(query) }
  }
}
