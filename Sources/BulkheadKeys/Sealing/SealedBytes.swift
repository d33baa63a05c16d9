import BulkheadCore
import Crypto

/// AES-256-GCM (NIST SP 800-38D) in one layout: key version (1 byte), nonce (12), ciphertext, tag (16).
///
/// The nonce always comes from the system's generator and is never passed in: a repeated seed would repeat a nonce,
/// and one repeated nonce gives the authentication key away. Random nonces bound a key to 2^32 messages (section 8.3);
/// keys here are per tenant and per purpose.
enum SealedBytes {
  static let nonceBytes = 12
  static let tagBytes = 16
  static let overheadBytes = 1 + nonceBytes + tagBytes

  /// `nil` only when the cipher itself fails.
  static func seal(_ plain: [UInt8], version: UInt8, key: SymmetricKey, binding: [UInt8]) -> [UInt8]? {
    guard let box = try? AES.GCM.seal(plain, using: key, authenticating: [version] + binding),
      let combined = box.combined
    else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(1 + combined.count)
    out.append(version)
    out.append(contentsOf: combined)
    return out
  }

  /// The key version that `sealed` names, before anything about it is believed.
  static func version(of sealed: [UInt8]) -> UInt8? {
    sealed.count >= overheadBytes ? sealed.first : nil
  }

  /// `nil` unless every bit of `sealed`, `key` and `binding` is the one it was sealed with.
  static func open(_ sealed: [UInt8], key: SymmetricKey, binding: [UInt8]) -> [UInt8]? {
    guard let version = version(of: sealed),
      let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
      let plain = try? AES.GCM.open(box, using: key, authenticating: [version] + binding)
    else { return nil }
    return Array(plain)
  }
}
