import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import Synchronization

@testable import bulkhead

/// Faults between the handlers and the database.
enum SessionFaults {
  static func sharedCache() -> WorldSeams {
    var seams = WorldSeams()
    seams.application.sessions = { SharedCache(sessions: $0) }
    return seams
  }

  static func tellingRefusal(_ house: House) -> WorldSeams {
    var seams = WorldSeams()
    seams.application.sessions = { TellingRefusal(sessions: $0, house: house) }
    return seams
  }
}

/// Remembers what was read until somebody writes. The key lacks the tenant.
private final class SharedCache: SessionSource {
  private let sessions: any SessionSource
  private let remembered = Mutex<[String: [Rows]]>([:])

  init(sessions: any SessionSource) { self.sessions = sessions }

  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    remembered.withLock { $0 = [:] }
    return try await sessions.transaction(context, body)
  }

  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    let key = queries.map { "\($0.statement.text) \($0.parameters)" }.joined(separator: "\n")
    if let rows = remembered.withLock({ $0[key] }) { return rows }
    let rows = try await sessions.read(context, queries)
    remembered.withLock { $0[key] = rows }
    return rows
  }
}

/// Looks up whose a thing is when it is not the caller's, and says so.
private struct TellingRefusal: SessionSource {
  let sessions: any SessionSource
  let house: House

  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    try await sessions.transaction(context, body)
  }

  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] {
    let rows = try await sessions.read(context, queries)
    if case .id(let id)? = queries.first?.parameters.first, queries[0].parameters.count == 1, rows[0].isEmpty,
      let owner = try await owner(of: id), owner != context.tenant.id
    {
      throw Refusal(.notFound, "This belongs to \(owner).")
    }
    return rows
  }

  private func owner(of id: EntityID) async throws -> EntityID? {
    try await house.cluster.cells.main.connected(to: Installation.cellDatabase) { connection in
      let found = try await connection.simple(
        """
        SELECT tenant_id FROM pooled.sales_order WHERE id = '\(id)' UNION ALL
        SELECT tenant_id FROM pooled.product WHERE id = '\(id)' UNION ALL
        SELECT tenant_id FROM pooled.party WHERE id = '\(id)' UNION ALL
        SELECT tenant_id FROM pooled.lot WHERE id = '\(id)'
        """, deadline: nil)
      return try found[0].first.flatMap { EntityID(try $0.text(0)) }
    }
  }
}
