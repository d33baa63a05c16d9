import BulkheadCore
import Crypto
import CryptoExtras

/// Cost of scrypt (RFC 7914, section 2): N = 2^ln, block size r, parallelism p. Memory is 128·N·r bytes.
package struct ScryptCost: Hashable, Sendable {
  package let logN: Int
  package let blockSize: Int
  package let parallelism: Int

  /// 32 MiB, and about 90 ms of one core.
  package static let standard = ScryptCost(unchecked: 15, 8, 1)

  /// `nil` beyond 128 MiB or four times the standard work: a stored text may not order more than that.
  package init?(logN: Int, blockSize: Int, parallelism: Int) {
    guard (1...17).contains(logN), (1...8).contains(blockSize), (1...4).contains(parallelism),
      parallelism << logN <= 1 << 17
    else { return nil }
    self.init(unchecked: logN, blockSize, parallelism)
  }

  private init(unchecked logN: Int, _ blockSize: Int, _ parallelism: Int) {
    self.logN = logN
    self.blockSize = blockSize
    self.parallelism = parallelism
  }
}

/// A password's hash as it is stored: `$scrypt$ln=15,r=8,p=1$salt$hash` (the PHC string format), salt and hash in
/// base64 without padding.
struct ScryptHash: Sendable {
  static let saltBytes = 16
  static let hashBytes = 32
  /// Longest stored text that is read.
  static let textBytesMax = 256

  let cost: ScryptCost
  let salt: [UInt8]
  let hash: [UInt8]

  var text: String {
    "$scrypt$ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)$"
      + Base64.standard.encode(salt) + "$" + Base64.standard.encode(hash)
  }

  init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// `nil` for anything that `text` does not write.
  init?(_ text: String) {
    guard text.utf8.count <= Self.textBytesMax else { return nil }
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let salt = Base64.standard.decode(parts[3].utf8), salt.count == Self.saltBytes,
      let hash = Base64.standard.decode(parts[4].utf8), hash.count == Self.hashBytes
    else { return nil }
    let settings = parts[2].split(separator: ",", omittingEmptySubsequences: false)
    guard settings.count == 3, let logN = Self.setting(settings[0], "ln="), let r = Self.setting(settings[1], "r="),
      let p = Self.setting(settings[2], "p="), let cost = ScryptCost(logN: logN, blockSize: r, parallelism: p)
    else { return nil }
    self.init(cost: cost, salt: salt, hash: hash)
  }

  /// Runs scrypt. `password` must not be empty. `nil` when there is no memory for it.
  static func derive(_ password: [UInt8], salt: [UInt8], cost: ScryptCost) -> SymmetricKey? {
    guard !password.isEmpty else { return nil }
    return try? KDF.Scrypt.deriveKey(
      from: password, salt: salt, outputByteCount: hashBytes, rounds: 1 << cost.logN, blockSize: cost.blockSize,
      parallelism: cost.parallelism)
  }

  /// Compares in time that does not depend on where they differ, as `SymmetricKey` does.
  func matches(_ derived: SymmetricKey) -> Bool { derived == SymmetricKey(data: hash) }

  private static func setting(_ text: Substring, _ name: String) -> Int? {
    text.hasPrefix(name) ? Int(text.dropFirst(name.count)) : nil
  }
}
