import BulkheadCore
import Crypto

/// A caller's name for one intended write (draft-ietf-httpapi-idempotency-key-header), with a fingerprint of what the
/// write is, so that the name cannot be used for two.
struct IdempotencyKey: Sendable {
  let text: String
  /// SHA-256 over method, path with query, and body, each preceded by its length.
  let fingerprint: [UInt8]

  /// Longest key, in bytes.
  static let bytesMax = 255

  /// Refuses with `idempotency.keyMalformed` unless the key is 1 to 255 visible ASCII characters.
  init(_ text: String, method: String, path: String, body: [UInt8]) throws(Refusal) {
    guard (1...Self.bytesMax).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Refusal(
        .idempotencyKeyMalformed, "Idempotency-Key must be 1 to \(Self.bytesMax) visible ASCII characters.")
    }
    self.text = text
    var hash = SHA256()
    for part in [Array(method.utf8), Array(path.utf8), body] {
      withUnsafeBytes(of: UInt64(part.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: part)
    }
    fingerprint = Array(hash.finalize())
  }
}
