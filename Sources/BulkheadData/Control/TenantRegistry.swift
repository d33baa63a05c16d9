import BulkheadCore
import Synchronization

/// The registry's reading side, with a short memory.
///
/// A record may be stale by up to `memoryMax`. That is safe: what a move must not allow is stopped by the placement
/// epoch inside PostgreSQL, and this process forgets at once what it changed itself.
package final class TenantRegistry: Sendable {
  package static let memoryMax: Duration = .seconds(2)
  package static let entriesMax = 20_000

  private struct Remembered {
    let record: TenantRecord?
    let until: ContinuousClock.Instant
  }

  private struct Memory {
    var byID: [TenantID: Remembered] = [:]
    var bySlug: [String: (id: TenantID?, until: ContinuousClock.Instant)] = [:]
  }

  private let control: any ControlQueries
  private let memory = Mutex(Memory())

  package init(control: any ControlQueries) { self.control = control }

  /// The tenant, or `nil` when there is none.
  package func tenant(_ id: TenantID) async throws -> TenantRecord? {
    let now = ContinuousClock.now
    if let known = memory.withLock({ $0.byID[id] }), known.until > now { return known.record }
    let rows = try await control.run(
      "SELECT \(TenantRecord.columns) FROM control.tenant t JOIN control.org_node n USING (id) WHERE t.id = $1",
      [.id(id.id)])
    let record = try rows.first.map { try TenantRecord($0) }
    remember(id, record, now)
    return record
  }

  /// The tenant that a slug names.
  package func tenant(slug: String) async throws -> TenantRecord? {
    let now = ContinuousClock.now
    if let known = memory.withLock({ $0.bySlug[slug] }), known.until > now {
      guard let id = known.id else { return nil }
      return try await tenant(id)
    }
    let rows = try await control.run(
      "SELECT \(TenantRecord.columns) FROM control.tenant t JOIN control.org_node n USING (id) WHERE t.slug = $1",
      [.text(slug)])
    let record = try rows.first.map { try TenantRecord($0) }
    memory.withLock { memory in
      if memory.bySlug.count >= Self.entriesMax { memory.bySlug.removeAll(keepingCapacity: true) }
      memory.bySlug[slug] = (record?.id, now + Self.memoryMax)
    }
    if let record { remember(record.id, record, now) }
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
      memory.byID[id] = nil
      memory.bySlug = memory.bySlug.filter { $0.value.id != id && $0.value.id != nil }
    }
  }

  private func remember(_ id: TenantID, _ record: TenantRecord?, _ now: ContinuousClock.Instant) {
    memory.withLock { memory in
      if memory.byID.count >= Self.entriesMax { memory.byID.removeAll(keepingCapacity: true) }
      memory.byID[id] = Remembered(record: record, until: now + Self.memoryMax)
    }
  }
}
