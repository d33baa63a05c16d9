import BulkheadCore
import BulkheadData
import HTTPTypes
import Synchronization

/// A write whose effect and answer stand or fall together.
///
/// The key is claimed by an `INSERT … ON CONFLICT DO NOTHING` that travels with the handler's first statement, and the
/// answer is stored by an `UPDATE` that travels with `COMMIT`: no round trip is added. PostgreSQL makes a concurrent
/// second claim wait on the unique index until the first transaction ends (manual, "Index Uniqueness Checks"), so two
/// requests with one key never both run: the second finds the row, rolls back, and repeats the stored answer. After a
/// rollback of the first nothing is stored, and the second runs.
struct IdempotentWrite: Sendable {
  typealias Body = @Sendable (Transaction) async throws -> RenderedResponse

  let tenant: Tenant
  let key: IdempotencyKey
  /// `nil` stores answers as they are: for tests of this type alone.
  let vault: (any AnswerVault)?

  private var fingerprint: [UInt8] { vault?.digest(key.fingerprint, tenant: tenant.id) ?? key.fingerprint }

  /// Largest answer that is stored, in bytes; a larger one is a fault of the route.
  static let answerBytesMax = 1 << 20
  /// How often the write is tried when the row that stopped it is gone when it is read.
  static let attemptsMax = 3

  /// Runs `body`, or repeats the answer that it gave the first time. Refuses with `idempotency.mismatch` a key that was
  /// used for another request.
  func run(_ body: @escaping Body) async throws -> RenderedResponse {
    for _ in 0..<Self.attemptsMax {
      let claim = Claim()
      do {
        return try await tenant.transaction { transaction in try await write(transaction, claim, body) }
      } catch {
        // A handler may have caught the claim's error and thrown another, so the claim itself is asked.
        guard claim.outcome != .won else { throw error }
        if let stored = try await replay() { return stored }
        // A statement of the handler that failed in the claim's own round trip hides the claim's outcome. The repeat of
        // a request that made something of a natural key fails so: its own first run holds the key.
        guard claim.outcome == .taken else { throw error }
      }
    }
    throw Refusal(
      .transactionContended, "Another request with the same Idempotency-Key is under way; try again.",
      retryAfterSeconds: Refusal.retrySeconds)
  }

  private func write(_ transaction: Transaction, _ claim: Claim, _ body: Body) async throws -> RenderedResponse {
    // The transaction may run again from its start.
    claim.outcome = .unseen
    let actor = SQLValue.text(transaction.context.actor.description)
    let query = Query(IdempotencyStatements.claim, [actor, .text(key.text), .bytes(fingerprint)])
    try transaction.enqueue(query) { rows in
      claim.outcome = rows.affected == 0 ? .taken : .won
      if claim.outcome == .taken { throw KeyTaken() }
    }
    let answer = try await body(transaction)
    guard claim.outcome != .taken else { throw KeyTaken() }
    guard answer.body.count <= Self.answerBytesMax else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "the answer is too large to store")
    }
    let body = try vault?.seal(answer.body, tenant: tenant.id) ?? answer.body
    try transaction.enqueue(
      Query(
        IdempotencyStatements.store,
        [
          actor, .text(key.text), .int(Int64(answer.status.code)), .bytes(body), .optional(answer.contentType),
          .optional(answer.version), .optional(answer.location),
        ]))
    return answer
  }

  /// The stored answer, or `nil` when its row has gone.
  private func replay() async throws -> RenderedResponse? {
    let actor = SQLValue.text(tenant.context.actor.description)
    let results = try await tenant.read(Query(IdempotencyStatements.replay, [actor, .text(key.text)]))
    guard let row = results.first?.first else { return nil }
    guard try row.bytes(0) == fingerprint else {
      throw Refusal(.idempotencyMismatch, "The Idempotency-Key was used for another request.")
    }
    let code = try row.int(1)
    guard (200..<300).contains(code) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "stored status \(code)")
    }
    let kept = try row.bytes(2)
    let body = try vault?.open(kept, tenant: tenant.id) ?? kept
    var stored = RenderedResponse(
      status: HTTPResponse.Status(code: Int(code)), body: body, contentType: row.textOrNil(3),
      version: row.intOrNil(4),
      location: row.textOrNil(5))
    stored.isReplayed = true
    return stored
  }

  /// Ends a transaction whose key is another's.
  private struct KeyTaken: Error {}

  /// What the claim's round trip found; outlives the transaction.
  private final class Claim: Sendable {
    enum Outcome { case unseen, won, taken }

    private let state = Mutex(Outcome.unseen)
    var outcome: Outcome {
      get { state.withLock { $0 } }
      set { state.withLock { $0 = newValue } }
    }
  }
}
