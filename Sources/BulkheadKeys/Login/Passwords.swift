import BulkheadCore
import Crypto

/// What a new password must be.
package enum PasswordRules {
  /// Unicode scalars, as NIST SP 800-63B, section 5.1.1.2 counts them.
  package static let lengths = 12...128

  /// Refuses with `password.refused` a password that is too short, too long, or holds U+0000.
  package static func check(_ password: String) throws(Refusal) {
    guard lengths.contains(password.unicodeScalars.count) else {
      throw Refusal(.passwordRefused, "A password has between 12 and 128 characters.", at: "/password")
    }
    guard !password.unicodeScalars.contains("\0") else {
      throw Refusal(.passwordRefused, "A password may not hold the character U+0000.", at: "/password")
    }
  }
}

/// Hashes and checks passwords with scrypt (RFC 7914), off the threads that serve requests.
///
/// Passwords are hashed as the UTF-8 that was sent, without Unicode normalisation.
package final class Passwords: Sendable {
  typealias Derivation = @Sendable (_ password: [UInt8], _ salt: [UInt8], _ cost: ScryptCost) -> SymmetricKey?

  private let cost: ScryptCost
  private let random: any RandomSource
  private let queue: ComputationQueue
  private let derive: Derivation
  /// What an unknown user's password is compared with: no password gives these bytes but by chance.
  private let nobody: ScryptHash

  /// - Parameters:
  ///   - cost: of new hashes. Stored hashes keep the cost that they name.
  ///   - random: salts; must be fit for keys.
  package convenience init(
    cost: ScryptCost = .standard, random: any RandomSource = SystemRandom(), bounds: ComputationBounds = .standard
  ) {
    self.init(cost: cost, random: random, bounds: bounds, derive: ScryptHash.derive)
  }

  /// For tests that count derivations.
  init(cost: ScryptCost, random: any RandomSource, bounds: ComputationBounds, derive: @escaping Derivation) {
    self.cost = cost
    self.random = random
    self.derive = derive
    queue = ComputationQueue(bounds)
    nobody = ScryptHash(
      cost: cost, salt: random.bytes(ScryptHash.saltBytes), hash: random.bytes(ScryptHash.hashBytes))
  }

  /// The text to store for a new password. Refuses with `password.refused` or `login.busy`.
  ///
  /// - Parameter tenant: whose turn it takes among those that wait.
  package func hash(_ password: String, tenant: TenantID? = nil) async throws(Refusal) -> String {
    try PasswordRules.check(password)
    let salt = random.bytes(ScryptHash.saltBytes)
    let derived = try await queue.run(tenant) { [derive, cost] in derive(Array(password.utf8), salt, cost) }
    guard let derived else { throw Self.failed }
    return ScryptHash(cost: cost, salt: salt, hash: derived.withUnsafeBytes { Array($0) }).text
  }

  /// Whether `password` is the one that `storedHash` was made of. Refuses with `login.busy`.
  ///
  /// With no stored hash (no such user), one that cannot be read, or a password that could never have been set, the
  /// same work is done and the answer is `false`: neither the answer nor its time tells these apart.
  package func verify(
    _ password: String, against storedHash: String?, tenant: TenantID? = nil
  ) async throws(Refusal) -> Bool {
    let stored = storedHash.flatMap(ScryptHash.init)
    let target = stored ?? nobody
    let settable = (try? PasswordRules.check(password)) != nil
    let bytes = settable ? Array(password.utf8) : Self.unsettable
    let derived = try await queue.run(tenant) { [derive] in derive(bytes, target.salt, target.cost) }
    guard let derived else { throw Self.failed }
    let matches = target.matches(derived)
    return matches && stored != nil && settable
  }

  /// Whether a stored hash should be replaced, at the next good login, because its cost is no longer the standard.
  package func isOutdated(_ storedHash: String) -> Bool { ScryptHash(storedHash)?.cost != cost }

  private static let unsettable = Array("never set".utf8)
  private static let failed = Refusal(
    .serviceUnavailable, "The service is busy; try again shortly.", retryAfterSeconds: 1,
    diagnostic: "scrypt failed, probably for want of memory")
}
