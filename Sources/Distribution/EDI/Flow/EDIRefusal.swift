import BulkheadCore
import BulkheadData

/// What an error in the work on a document means.
enum EDIRefusal {
  /// The refusal behind `error` when asking again would be refused again.
  static func final(_ error: any Error) -> Refusal? {
    let refusal = (error as? Refusal) ?? (error as? DataError).flatMap { ConstraintRefusals.refusal(for: $0) }
    switch refusal?.code.category {
    case .invalid, .conflict, .notFound, .malformed, .tooLarge: return refusal
    case .internal, .unavailable, .limited, .unauthenticated, .forbidden, .methodNotAllowed, .preconditionFailed,
      .preconditionRequired, .unsupportedMedia, nil:
      return nil
    }
  }
}
