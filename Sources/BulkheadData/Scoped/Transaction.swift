import BulkheadCore
import Synchronization

/// A transaction bound to one tenant, lent for the length of a closure.
///
/// Keeping it beyond the closure is harmless and useless: every call is then refused with `transaction.ended`.
public final class Transaction: Sendable {
  /// The tenant the transaction is bound to, and who acts in it.
  public let context: TenantContext
  private let session: any TransactionSession

  package init(_ context: TenantContext, session: any TransactionSession) {
    self.context = context
    self.session = session
  }

  /// Sends everything enqueued and then `statement`, in one round trip, and returns the rows of `statement`.
  @discardableResult
  public func run(_ statement: Statement, _ parameters: SQLValue...) async throws -> Rows {
    try await session.run([Query(statement, parameters)])[0]
  }

  /// Sends everything enqueued and then `queries`, in one round trip; one result for each of `queries`.
  public func run(_ queries: Query...) async throws -> [Rows] {
    try await session.run(queries)
  }

  /// `run` with a list.
  public func run(_ queries: [Query]) async throws -> [Rows] {
    try await session.run(queries)
  }

  /// Leaves `query` to be sent with the next `run`, or with the commit. Its rows are not wanted; its failure is
  /// thrown by the call that sends it.
  public func enqueue(_ query: Query) throws {
    try session.enqueue([query])
  }

  /// Leaves a check to the next round trip: `inspect` sees the rows of `query` before the rows of what follows are
  /// returned, and may throw to end the transaction.
  package func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws {
    try session.enqueue(query, inspect: inspect)
  }
}

/// The life of one transaction on one connection; implemented by the data path.
package protocol TransactionSession: Sendable {
  func run(_ queries: [Query]) async throws -> [Rows]
  func enqueue(_ queries: [Query]) throws
  func enqueue(_ query: Query, inspect: @escaping @Sendable (Rows) throws -> Void) throws
}
