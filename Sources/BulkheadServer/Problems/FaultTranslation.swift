import BulkheadCore
import BulkheadData

extension Refusal {
  /// What a thrown error means to the caller. The one place where errors become refusals on this edge.
  ///
  /// The error's complete face goes into `diagnostic`, which only the log shows: constraint names, SQL and the texts
  /// of unknown errors never leave the server (ISOLATION, attack 24).
  init(translating error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case let error as DataError: self.init(translating: error)
    case is CancellationError:
      self.init(
        .serviceUnavailable, "The server is shutting down.", retryAfterSeconds: Self.retrySeconds,
        diagnostic: "cancelled")
    default:
      self.init(.internalFault, "An internal error occurred.", diagnostic: String(reflecting: error))
    }
  }

  /// Seconds after which a fault that should pass is worth another try.
  static let retrySeconds = 1

  private init(translating error: DataError) {
    let complete = String(reflecting: error)
    switch error.kind {
    case .uniqueViolation:
      self.init(.conflictExists, "A resource with the same key exists already.", diagnostic: complete)
    case .foreignKeyViolation:
      self.init(.referenceUnknown, "The request names a resource that does not exist.", diagnostic: complete)
    case .checkViolation, .notNullViolation, .valueInvalid:
      self.init(.valueRefused, "A value is outside of what can be stored.", diagnostic: complete)
    case .retry:
      self.init(
        .transactionContended, "Others kept changing the same data; try again.",
        retryAfterSeconds: Self.retrySeconds, diagnostic: complete)
    case .timedOut:
      self.init(
        .deadlineExceeded, "The work took longer than it may.", retryAfterSeconds: Self.retrySeconds,
        diagnostic: complete)
    case .resultTooLarge:
      self.init(
        .resultTooLarge, "The answer is larger than it may be; ask for a smaller part of it.", diagnostic: complete)
    case .connectionLost:
      self.init(
        .serviceUnavailable,
        "The data cannot be reached now. Whether a change took effect is unknown: try again with the same "
          + "Idempotency-Key.",
        retryAfterSeconds: Self.retrySeconds, diagnostic: complete)
    case .ruleBroken:
      self = Self.ruleBroken(error.constraint, complete)
    case .denied, .other:
      self.init(.internalFault, "An internal error occurred.", diagnostic: complete)
    }
  }

  /// A rule of ours inside the database: its name is a safe identifier that we chose, and is checked to be one.
  private static func ruleBroken(_ name: String?, _ complete: String) -> Refusal {
    guard let name, !name.isEmpty, name.utf8.count <= 100,
      name.utf8.allSatisfy({
        isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: ".")
      })
    else { return Refusal(.internalFault, "An internal error occurred.", diagnostic: complete) }
    return Refusal(
      RefusalCode(name, .conflict), "The change would break the rule \(name).", diagnostic: complete)
  }
}
