import BulkheadCore
import BulkheadData

/// Runs a statement of the control database for a seam that may only throw refusals.
extension ControlQueries {
  func ask(_ sql: String, _ parameters: [SQLValue]) async throws(Refusal) -> Rows {
    do {
      return try await run(sql, parameters)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(
        .serviceUnavailable, "The service cannot answer now.", retryAfterSeconds: 1,
        diagnostic: String(reflecting: error))
    }
  }
}
