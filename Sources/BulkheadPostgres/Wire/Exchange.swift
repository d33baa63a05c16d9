import BulkheadCore

/// One call on a connection: what was asked, and how much of the answer has come.
struct Exchange {
  /// What libpq will report next, in order.
  enum Step {
    /// The parsing of the command at `index` under the name of statement `number`.
    case prepare(index: Int, number: UInt64)
    /// The command at `index`; `number` is its prepared statement, 0 if none.
    case command(index: Int, number: UInt64)
    case deallocate(StatementCache.Statement)
    case sync
  }

  /// How the call is being given up before its end.
  struct Stop {
    enum Cancel {
      /// Waits for the cancel thread. If the answer comes first, nothing is cancelled.
      case queued
      /// The cancel is on its way. The answer is held back until it is done: a cancel that is still travelling when
      /// the next call begins would hit that one.
      case travelling
      case done
    }

    let reason: PostgresError.Kind
    var cancel: Cancel
  }

  /// Distinguishes this call from all others on the connection.
  var number: UInt64 = 0
  private var continuation: AnswerContinuation?
  var commands: [Command] = []
  /// A script in the simple protocol, outside pipeline mode; `steps` is then empty.
  var isScript = false
  var steps: [Step] = []
  var position = 0
  var results: [Rows] = []
  var error: PostgresError?
  /// Bytes of complete results, and at least so many bytes of results that are still incomplete.
  var bytesCopied = 0
  var bytesArriving = 0
  /// Set once one reading was not enough for the answer: from then on arriving bytes are measured.
  var isLong = false
  /// What this call may bring, when that is less than what the connection allows.
  var resultBytesMax = Int.max
  /// When the call is stopped, or, once it has been stopped, when the connection is given up.
  var expiry = Int64.max
  var stop: Stop?

  mutating func begin(
    _ number: UInt64, _ continuation: AnswerContinuation, expiry: Int64, resultBytesMax: Int
  ) {
    self.number = number
    self.resultBytesMax = resultBytesMax
    self.continuation = continuation
    self.expiry = expiry
  }

  /// Ends the call with `answer` and makes room for the next, keeping the memory of `steps`.
  mutating func end(_ answer: Answer) -> EndedCall? {
    let ended = continuation.map { EndedCall(continuation: $0, answer: answer) }
    continuation = nil
    commands = []
    isScript = false
    steps.removeAll(keepingCapacity: steps.capacity <= 256)
    position = 0
    results = []
    error = nil
    bytesCopied = 0
    bytesArriving = 0
    isLong = false
    expiry = .max
    stop = nil
    return ended
  }

  /// What the complete answer amounts to. A server error of a call that was being stopped is the stop's doing only if
  /// it says so (57014, `query_canceled`); an answer that came in time before the cancel stands.
  func answer() -> Answer {
    guard var error else { return .success(results) }
    if let stop, error.sqlState == "57014" { error.kind = stop.reason }
    return .failure(error)
  }

  /// The text of the prepared command at `index`.
  func preparedText(at index: Int) -> String? {
    guard commands.indices.contains(index), case .prepared(let text, _) = commands[index] else { return nil }
    return text
  }

  /// The error of a call whose answer will not be complete.
  func interrupted(by failure: PostgresError) -> PostgresError {
    var complete = failure
    // The server often says why it hangs up just before it does.
    if failure.kind == .connectionLost, let error {
      complete.sqlState = error.sqlState
      complete.message = error.message
    }
    if let stop { complete.kind = stop.reason }
    return complete
  }
}
