import BulkheadCore
import Synchronization

/// The registry's reading side, with a short memory.
///
/// A record may be stale by up to `memoryMax`, and by up to `staleMax` while the control database does not answer. That
/// is safe: what a move must not allow is stopped by the placement epoch inside PostgreSQL, and this process forgets at
/// once what it changed itself.
package final class TenantRegistry: Sendable {
  package static let entriesMax = 20_000

  private struct Remembered {
    let record: TenantRecord?
    let readAt: ContinuousClock.Instant
  }

  private struct Memory {
    var byID: [TenantID: Remembered] = [:]
    var bySlug: [String: (id: TenantID?, until: ContinuousClock.Instant)] = [:]
    /// Counts what was forgotten: an answer that was asked for before is neither kept nor shared with later callers.
    var generation: UInt64 = 0
  }

  /// What callers share one question about.
  private struct Question: Hashable {
    let column: String
    let value: String
    let generation: UInt64
  }

  private let control: any ControlQueries
  private let memoryMax: Duration
  private let staleMax: Duration
  private let memory = Mutex(Memory())
  private let flights = SingleFlight<Question, TenantRecord?>()

  package init(
    control: any ControlQueries, memoryMax: Duration = .seconds(2), staleMax: Duration = .seconds(60)
  ) {
    self.control = control
    self.memoryMax = memoryMax
    self.staleMax = staleMax
  }

  /// The tenant, or `nil` when there is none.
  package func tenant(_ id: TenantID) async throws -> TenantRecord? {
    let now = ContinuousClock.now
    let (known, generation) = memory.withLock { ($0.byID[id], $0.generation) }
    if let known, now - known.readAt < memoryMax { return known.record }
    do {
      return try await find("id", .id(id.id), id.description, absent: id, generation)
    } catch let error as DataError where [.connectionLost, .timedOut].contains(error.kind) {
      guard let record = known?.record, let readAt = known?.readAt, now - readAt < staleMax,
        memory.withLock({ $0.generation == generation })
      else { throw error }
      return record
    }
  }

  /// The tenant that a slug names.
  package func tenant(slug: String) async throws -> TenantRecord? {
    let now = ContinuousClock.now
    let (known, generation) = memory.withLock { ($0.bySlug[slug], $0.generation) }
    if let known, known.until > now {
      guard let id = known.id else { return nil }
      return try await tenant(id)
    }
    let record = try await find("slug", .text(slug), slug, absent: nil, generation)
    memory.withLock { memory in
      guard memory.generation == generation else { return }
      if memory.bySlug.count >= Self.entriesMax { memory.bySlug.removeAll(keepingCapacity: true) }
      memory.bySlug[slug] = (record?.id, now + memoryMax)
    }
    return record
  }

  /// A page of tenants in the order of their ids.
  package func tenants(after: TenantID? = nil, limit: Int) async throws -> [TenantRecord] {
    let rows = try await control.run(
      """
      SELECT \(TenantRecord.columns) FROM control.tenant t JOIN control.org_node n USING (id)
      WHERE $1::uuid IS NULL OR t.id > $1::uuid ORDER BY t.id LIMIT $2
      """, [.optional(after?.id), .int(Int64(limit))])
    return try rows.map { try TenantRecord($0) }
  }

  package func forget(_ id: TenantID) {
    memory.withLock { memory in
      memory.generation += 1
      memory.byID[id] = nil
      memory.bySlug = memory.bySlug.filter { $0.value.id != id && $0.value.id != nil }
    }
  }

  /// Asks the control database, once for all who ask the same meanwhile, and remembers the answer. `absent` is the id
  /// that a missing record is remembered under.
  private func find(
    _ column: String, _ value: SQLValue, _ name: String, absent: TenantID?, _ generation: UInt64
  ) async throws -> TenantRecord? {
    try await flights.run(Question(column: column, value: name, generation: generation)) { [self] in
      let askedAt = ContinuousClock.now
      let rows = try await control.run(
        """
        SELECT \(TenantRecord.columns) FROM control.tenant t JOIN control.org_node n USING (id) WHERE t.\(column) = $1
        """, [value])
      let record = try rows.first.map { try TenantRecord($0) }
      memory.withLock { memory in
        guard memory.generation == generation, let id = record?.id ?? absent else { return }
        if memory.byID.count >= Self.entriesMax { memory.byID.removeAll(keepingCapacity: true) }
        memory.byID[id] = Remembered(record: record, readAt: askedAt)
      }
      return record
    }
  }
}
