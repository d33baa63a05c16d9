import BulkheadCore

/// The checks that make a token a credential. Production uses `.all`.
///
/// Each is a wall. A test takes one away and shows that the attack it stands against then succeeds, which proves that
/// nothing else was holding it back. The order of the checks does not depend on which are present.
package struct TokenChecks: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// `alg` is exactly ES256. Without it the token chooses, as it could in the libraries of RFC 8725, section 2.1.
  package static let algorithm = TokenChecks(rawValue: 1 << 0)
  /// `typ` is exactly `at+jwt`.
  package static let type = TokenChecks(rawValue: 1 << 1)
  /// The key is looked up among those of the tenant that the token names. Without it any tenant's key will do.
  package static let tenantKey = TokenChecks(rawValue: 1 << 2)
  /// The signature verifies.
  package static let signature = TokenChecks(rawValue: 1 << 3)
  /// `exp` has not passed.
  package static let expiry = TokenChecks(rawValue: 1 << 4)
  /// `nbf` and `iat` have been reached.
  package static let notBefore = TokenChecks(rawValue: 1 << 5)
  /// `aud` is the door's, and the kind of actor is one that the door admits.
  package static let audience = TokenChecks(rawValue: 1 << 6)
  /// `iss` is this platform.
  package static let issuer = TokenChecks(rawValue: 1 << 7)
  /// Neither the token nor its subject's or its tenant's older tokens are revoked.
  package static let revocation = TokenChecks(rawValue: 1 << 8)

  package static let all: TokenChecks = [
    .algorithm, .type, .tenantKey, .signature, .expiry, .notBefore, .audience, .issuer, .revocation,
  ]
}

/// The two places where a token can be shown.
enum Door {
  case tenant
  case platform

  var audience: String {
    switch self {
    case .tenant: TokenIssuer.audience
    case .platform: PlatformTokenIssuer.audience
    }
  }

  func admits(_ kind: Actor.Kind) -> Bool {
    switch (self, kind) {
    case (.tenant, .user), (.tenant, .service), (.platform, .operator): true
    case (.tenant, .operator), (.tenant, .job), (.platform, .user), (.platform, .service), (.platform, .job): false
    }
  }
}
