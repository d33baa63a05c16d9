import BulkheadCore
import BulkheadPostgres

extension DataError {
  /// The one translation from what PostgreSQL said to what code above the data layer may act on.
  package init(_ error: PostgresError) {
    self.init(Self.kind(of: error), constraint: error.constraint, diagnostic: error.debugDescription)
  }

  private static func kind(of error: PostgresError) -> Kind {
    switch error.kind {
    case .connectFailed, .connectionLost: .connectionLost
    case .timedOut, .cancelled: .timedOut
    case .parameterInvalid: .valueInvalid
    case .resultTooLarge: .resultTooLarge
    case .busy, .loanEnded: .other
    case .server: kind(ofState: error.sqlState ?? "")
    }
  }

  /// SQLSTATE, PostgreSQL manual, appendix A.
  private static func kind(ofState state: String) -> Kind {
    switch state {
    case "23505": .uniqueViolation
    case "23503": .foreignKeyViolation
    case "23514": .checkViolation
    case "23502": .notNullViolation
    case "40001", "40P01": .retry
    case "57014", "55P03", "25P03": .timedOut
    case "57P01", "57P02", "57P03", "57P05": .connectionLost
    case "42501": .denied
    case let state where state.hasPrefix("22"): .valueInvalid
    case let state where state.hasPrefix("08"): .connectionLost
    case let state where state.hasPrefix("BH"): .ruleBroken
    default: .other
    }
  }
}

extension PostgresError {
  /// `bulkhead.bind` refused: the epoch is old, or the server lost its bind keys in a crash.
  var isBindRefusal: Bool { kind == .server && sqlState == "28000" }
}
