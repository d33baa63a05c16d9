import BulkheadData

extension Transaction {
  /// Sends what waits, the claim of the idempotency key among it. To be called before an effect outside of this
  /// transaction (in the control database): a repeated request then ends here, before it has had the effect twice.
  func settleClaim() async throws {
    _ = try await run([])
  }
}
