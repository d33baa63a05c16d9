import BulkheadCore
import BulkheadData

/// Turns "at least once" into an effect that happens once. Tenant-scoped.
public enum ConsumedEvents {
  /// Whether `consumer` meets the event of `job` for the first time.
  ///
  /// Call it first in the transaction of the effect and do nothing when it answers `false`: the effect and the memory
  /// of it then stand or fall together. Two workers that run the same job at the same time are told apart by the key
  /// of `consumed_event`: the second waits for the first to end and is then told `false`, or takes over when the first
  /// was rolled back. `consumer` is a fixed name of at most 100 bytes.
  public static func claim(_ job: Job, consumer: String, in transaction: Transaction) async throws -> Bool {
    let rows = try await transaction.run(
      Statement("INSERT INTO consumed_event (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"),
      .text(consumer), .id(job.id))
    return rows.affected == 1
  }
}
