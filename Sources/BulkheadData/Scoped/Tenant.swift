import BulkheadCore

/// One tenant's data, as code above the platform sees it: the only door, and it leads to this tenant alone.
///
/// There is no pool, no connection and no statement without a tenant behind it to be reached from here.
public struct Tenant: Sendable {
  public let context: TenantContext
  let source: any SessionSource

  package init(_ context: TenantContext, source: any SessionSource) {
    self.context = context
    self.source = source
  }

  public var id: TenantID { context.tenant }

  /// Runs `body` inside one transaction that is bound to this tenant, and commits when it returns.
  ///
  /// `BEGIN` and the bind travel with the first statement, `COMMIT` with whatever was enqueued last. When `body` or a
  /// statement throws, everything is rolled back and the error is passed on. `body` may run again from its start
  /// after a deadlock, so it must have no effect but through the transaction.
  public func transaction<Result: Sendable>(
    _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result {
    try await source.transaction(context, body)
  }

  /// Runs read-only queries in one round trip and one implicit transaction (read committed).
  public func read(_ queries: Query...) async throws -> [Rows] {
    try await source.read(context, queries)
  }

  /// `read` with a list.
  public func read(_ queries: [Query]) async throws -> [Rows] {
    try await source.read(context, queries)
  }
}

/// Where bound sessions come from; implemented by the data path.
package protocol SessionSource: Sendable {
  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result
  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows]
}
