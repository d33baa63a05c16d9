import BulkheadCore
import Crypto

/// The one secret of an installation: 32 bytes from which every other symmetric key is derived.
///
/// It is never stored in a database. Whoever has it can open every tenant, so it is read once at start-up and lent to
/// the few values that derive from it.
package struct MasterKey: Sendable {
  /// Length of the key.
  package static let byteCount = 32
  /// Separates our derivations from any other use of the same 32 bytes.
  private static let salt = Array("bulkhead master key v1".utf8)

  private let bytes: Secret<[UInt8]>

  /// Refuses with `masterKey.invalid` unless there are exactly 32 bytes.
  package init(bytes: [UInt8]) throws(Refusal) {
    guard bytes.count == Self.byteCount else { throw Self.invalid }
    self.bytes = Secret(bytes)
  }

  /// Reads 64 hexadecimal digits, or base64 of either alphabet: 43 characters, or 44 with the padding.
  /// Refuses anything else with `masterKey.invalid`; the text is never repeated.
  package init(text: some StringProtocol) throws(Refusal) {
    let utf8 = Array(text.utf8)
    let decoded: [UInt8]? =
      switch utf8.count {
      case 64: Hex.decode(text)
      case 43: Base64.standard.decode(utf8) ?? Base64.url.decode(utf8)
      case 44 where utf8[43] == UInt8(ascii: "="):
        Base64.standard.decode(utf8.dropLast()) ?? Base64.url.decode(utf8.dropLast())
      default: nil
      }
    guard let decoded else { throw Self.invalid }
    try self.init(bytes: decoded)
  }

  private init(unchecked bytes: [UInt8]) { self.bytes = Secret(bytes) }

  /// A fresh key. `random` must be fit for keys, as `SystemRandom` is.
  package static func generate(from random: any RandomSource = SystemRandom()) -> MasterKey {
    MasterKey(unchecked: random.bytes(byteCount))
  }

  /// 64 hexadecimal digits, to be written to the operator's key file once.
  package var text: Secret<String> { bytes.withValue { Secret(Hex.encode($0)) } }

  /// Key material for one purpose by HKDF-SHA256 (RFC 5869). Different purposes, parts or lengths give unrelated bytes.
  ///
  /// - Parameters:
  ///   - purpose: what the key is for; a constant of the code.
  ///   - parts: what it is narrowed to, such as a cell's name. Each is preceded by its length, so `("a", "bc")` and
  ///     `("ab", "c")` differ.
  ///   - length: bytes wanted, 1...8160 (RFC 5869, section 2.3); a constant of the code.
  package func derive(_ purpose: String, _ parts: String..., length: Int = 32) -> Secret<[UInt8]> {
    Secret(key(purpose, parts.map { Array($0.utf8) }, length: length).withUnsafeBytes { Array($0) })
  }

  /// The password of a PostgreSQL login role: 43 characters that need no quoting in a URI or a connection string.
  package func rolePassword(role: String) -> Secret<String> {
    derive("role password", role).withValue { Secret(Base64.url.encode($0)) }
  }

  func key(_ purpose: String, _ parts: [[UInt8]], length: Int = 32) -> SymmetricKey {
    var info: [UInt8] = []
    for part in [Array(purpose.utf8)] + parts {
      let count = UInt32(truncatingIfNeeded: part.count)
      for shift in stride(from: UInt32(24), through: 0, by: -8) {
        info.append(UInt8(truncatingIfNeeded: count >> shift))
      }
      info.append(contentsOf: part)
    }
    return bytes.withValue { Self.hkdf(key: $0, salt: Self.salt, info: info, length: length) }
  }

  /// HKDF-SHA256, extract and expand.
  static func hkdf(key: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: key), salt: salt, info: info, outputByteCount: length)
  }

  private static let invalid = Refusal(
    .masterKeyInvalid, "The master key must be 32 bytes: 64 hexadecimal digits or 43 characters of base64.")
}
