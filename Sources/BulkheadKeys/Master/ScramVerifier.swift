import BulkheadCore
import Crypto
import CryptoExtras
import Foundation

/// What PostgreSQL stores of a password (RFC 5802, RFC 7677): sent in its place, so that the password itself reaches
/// neither the server's log nor its statistics.
package enum ScramVerifier {
  /// PostgreSQL's own default (`scram_iterations`).
  static let iterations = 4096

  /// The text for `ALTER ROLE … PASSWORD`. The password must be plain ASCII, which derived ones are.
  package static func make(of password: String, salt: [UInt8]) throws(Refusal) -> String {
    do {
      let salted = try KDF.Insecure.PBKDF2.deriveKey(
        from: Data(password.utf8), salt: salt, using: .sha256, outputByteCount: 32, unsafeUncheckedRounds: iterations)
      let clientKey = HMAC<SHA256>.authenticationCode(for: Data("Client Key".utf8), using: salted)
      let serverKey = HMAC<SHA256>.authenticationCode(for: Data("Server Key".utf8), using: salted)
      let stored = Data(SHA256.hash(data: Data(clientKey))).base64EncodedString()
      return "SCRAM-SHA-256$\(iterations):\(Data(salt).base64EncodedString())$\(stored)"
        + ":\(Data(serverKey).base64EncodedString())"
    } catch {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "SCRAM: \(error)")
    }
  }
}
