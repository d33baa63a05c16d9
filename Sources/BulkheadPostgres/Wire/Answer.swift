import BulkheadCore

typealias Answer = Result<[Rows], PostgresError>

// Each waiting call is stored in one place, `Exchange.continuation`, and leaves it only through `Exchange.end`, which
// empties that place under the connection's lock. So it is resumed exactly once; debug builds check it.
#if DEBUG
  typealias AnswerContinuation = CheckedContinuation<Answer, Never>
#else
  typealias AnswerContinuation = UnsafeContinuation<Answer, Never>
#endif

nonisolated(nonsending) func withAnswerContinuation(_ body: (AnswerContinuation) -> Void) async -> Answer {
  #if DEBUG
    await withCheckedContinuation(body)
  #else
    await withUnsafeContinuation(body)
  #endif
}

/// A call that is over, taken out of the connection's state under the lock and to be resumed outside it.
struct EndedCall: Sendable {
  let continuation: AnswerContinuation
  let answer: Answer

  func resume() { continuation.resume(returning: answer) }
}
