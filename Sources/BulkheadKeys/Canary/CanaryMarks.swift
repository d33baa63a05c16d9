import BulkheadCore
import Crypto

/// What a mark says once it has been found good.
package struct CanaryMark: Hashable, Sendable {
  /// Stands for the home that the decoy lies in; compare with `CanaryMarks.tag(ofHome:)`.
  package let homeTag: UInt32
  /// Which decoy of the home it is: 0 is the decoy tenant itself, the others are rows.
  package let row: UInt8
}

/// Marks of decoys: ids that no tenant's own row can have and nobody without the master key can make.
///
/// A mark is a version 7 id of the first minute of 1970, so that every column that takes an id or a text of 36
/// characters can hold one, and lists in the order of ids show it first. Behind the 32 zero bits stand 20 bits for the
/// home, 8 for the row and 62 of HMAC-SHA256 over both. A tenant can neither forge one, to have its own or another's
/// answers stopped, nor work one out from another.
package struct CanaryMarks: Sendable {
  /// Decoys of one home that can be told apart.
  package static let rowsMax = 256
  /// The hexadecimal digits that every mark begins with.
  package static let prefix = "00000000"

  private let macKey: SymmetricKey
  private let tagKey: SymmetricKey

  package init(master: MasterKey) {
    macKey = master.key("canary mark", [])
    tagKey = master.key("canary home", [])
  }

  /// 20 bits that stand for `home`, the name of a schema that holds tenants.
  package func tag(ofHome home: String) -> UInt32 {
    let code = HMAC<SHA256>.authenticationCode(for: Array(home.utf8), using: tagKey)
    let bytes = Array(code.prefix(3))
    return (UInt32(bytes[0]) << 16 | UInt32(bytes[1]) << 8 | UInt32(bytes[2])) & 0xF_FFFF
  }

  /// The mark of one decoy of `home`; the same each time.
  package func mark(home: String, row: UInt8) -> EntityID { mark(tag: tag(ofHome: home), row: row) }

  /// What `id` says, when it is a mark of this installation.
  package func read(_ id: EntityID) -> CanaryMark? {
    guard id.high >> 32 == 0, id.high & 0xF000 == 0x7000 else { return nil }
    let tag = UInt32(truncatingIfNeeded: id.high >> 16) << 4 | UInt32(truncatingIfNeeded: id.high >> 8) & 0xF
    let row = UInt8(truncatingIfNeeded: id.high)
    return mark(tag: tag, row: row) == id ? CanaryMark(homeTag: tag, row: row) : nil
  }

  private func mark(tag: UInt32, row: UInt8) -> EntityID {
    let high = UInt64(tag >> 4) << 16 | 0x7000 | UInt64(tag & 0xF) << 8 | UInt64(row)
    let message = [UInt8(tag >> 16), UInt8(truncatingIfNeeded: tag >> 8), UInt8(truncatingIfNeeded: tag), row]
    var low: UInt64 = 0
    for byte in HMAC<SHA256>.authenticationCode(for: message, using: macKey).prefix(8) { low = low << 8 | UInt64(byte) }
    return EntityID(high: high, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}
