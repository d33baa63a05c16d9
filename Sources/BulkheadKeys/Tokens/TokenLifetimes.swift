import BulkheadCore

/// How long credentials live, by the kind of actor.
package enum TokenLifetimes {
  package static let userDefault: Duration = .seconds(3600)
  package static let userMax: Duration = .seconds(12 * 3600)
  package static let serviceDefault: Duration = .seconds(90 * 86_400)
  package static let serviceMax: Duration = .seconds(400 * 86_400)
  package static let operatorDefault: Duration = .seconds(3600)
  package static let operatorMax: Duration = .seconds(30 * 86_400)

  package static let linkDefault: Duration = .seconds(3600)
  package static let linkMax: Duration = userMax

  /// The default and the longest life; `nil` for actors that get no token.
  static func bounds(_ kind: Actor.Kind) -> (standard: Duration, longest: Duration)? {
    switch kind {
    case .user: (userDefault, userMax)
    case .service: (serviceDefault, serviceMax)
    case .operator: (operatorDefault, operatorMax)
    case .job: nil
    }
  }
}
