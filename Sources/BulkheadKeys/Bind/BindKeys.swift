import BulkheadCore
import Crypto

/// Mints the tokens that `bulkhead.bind` checks inside PostgreSQL.
///
/// A token is `kid.tenant.epoch.expiry.pid.mac`: the key's name (`k1`), 32 hexadecimal digits, three decimal numbers,
/// and in lower-case hexadecimal HMAC-SHA256 (RFC 2104) of everything before the last dot. It is good for `lifetime`,
/// on the backend it names and at the placement epoch it names.
///
/// Keys are derived for each cell: whoever reads one cell's key out of its database can bind in that cell only.
package final class BindKeys: BindTokenMinter {
  /// How long PostgreSQL accepts a token.
  package static let lifetime: Duration = .seconds(60)
  /// A minted token is given out again until less than this is left of it.
  package static let reuseUntilLeft: Duration = .seconds(30)
  /// Tokens kept for giving out again, over all shards.
  package static let cachedTokensMax = 16_384
  private static let shardCount = 8

  private struct Slot: Hashable {
    let tenant: TenantID
    let epoch: Int32
    let backendPID: Int32
  }

  private struct Minted {
    let text: String
    let expiresAt: Instant
  }

  private let master: MasterKey
  private let cell: String
  private let kid: Int
  private let key: SymmetricKey
  private let shards: [Guarded<GenerationCache<Slot, Minted>>]

  /// - Parameters:
  ///   - cell: name of the cell, as in `Placement.cell`.
  ///   - kid: number of the key to mint with. PostgreSQL may hold several while keys are being rotated.
  package init(master: MasterKey, cell: String, kid: Int = 1) {
    self.master = master
    self.cell = cell
    self.kid = kid
    key = Self.key(master: master, cell: cell, kid: kid)
    shards = (0..<Self.shardCount).map { _ in
      Guarded(GenerationCache(entriesMax: Self.cachedTokensMax / Self.shardCount, turnAfter: Self.lifetime))
    }
  }

  package func bindToken(tenant: TenantID, epoch: Int32, backendPID: Int32, now: Instant) -> String {
    let slot = Slot(tenant: tenant, epoch: epoch, backendPID: backendPID)
    let shard = shards[Int(UInt32(bitPattern: backendPID) % UInt32(Self.shardCount))]
    if let minted = shard.state.withLock({ $0.value(for: slot) }) {
      let left = minted.expiresAt - now
      // More than a lifetime left means that the clock was set back: PostgreSQL's may have been too.
      if left >= Self.reuseUntilLeft, left <= Self.lifetime { return minted.text }
    }
    let minted = mint(slot, now: now)
    shard.state.withLock { _ = $0.insert(minted, for: slot, now: now) }
    return minted.text
  }

  /// What PostgreSQL is given instead of the key, 64 bytes each: the padded key of RFC 2104, so that its function
  /// needs no HMAC: `mac = sha256(outer || sha256(inner || message))`. As secret as the key itself.
  package func pads(kid: Int) -> (inner: [UInt8], outer: [UInt8]) {
    var block = Self.key(master: master, cell: cell, kid: kid).withUnsafeBytes { Array($0) }
    block.append(contentsOf: repeatElement(0, count: SHA256.blockByteCount - block.count))
    return (block.map { $0 ^ 0x36 }, block.map { $0 ^ 0x5C })
  }

  private static func key(master: MasterKey, cell: String, kid: Int) -> SymmetricKey {
    master.key("bind", [Array(cell.utf8), Array("k\(kid)".utf8)])
  }

  private func mint(_ slot: Slot, now: Instant) -> Minted {
    let expirySeconds = (now + Self.lifetime).seconds
    var text = "k\(kid).\(slot.tenant.id.hex).\(slot.epoch).\(expirySeconds).\(slot.backendPID)"
    let mac = text.withUTF8 { HMAC<SHA256>.authenticationCode(for: UnsafeRawBufferPointer($0), using: key) }
    return Minted(text: text + "." + Hex.encode(Array(mac)), expiresAt: Instant(seconds: expirySeconds))
  }
}
