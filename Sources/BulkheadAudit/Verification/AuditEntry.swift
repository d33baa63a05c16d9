import BulkheadCore
import Crypto
import Foundation

/// One entry as it is stored.
package struct AuditEntry: Hashable, Sendable {
  package var seq: Int64
  package var occurredAt: Instant
  package var actor: String
  package var act: String
  package var subject: String
  /// The very text that was hashed.
  package var detail: String
  package var credential: EntityID?
  package var previousHash: [UInt8]
  package var hash: [UInt8]
}

extension AuditEntry {
  /// What every hash begins with, so that no other use of SHA-256 can yield an entry's hash.
  static let domain = "bulkhead.audit.v1"
  /// What stands for the entry before the first one.
  static let genesisHash = [UInt8](repeating: 0, count: 32)

  /// The bytes that are hashed: each field as a 4-byte big-endian length and its bytes. The lengths make the encoding
  /// injective: no text can be moved from one field into the next. The same as `audit_entry_chain` in SQL.
  ///
  /// `tenant` is `nil` in the platform's own chain.
  func encoded(tenant: TenantID?) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(256 + detail.utf8.count)
    append(Array(Self.domain.utf8), to: &out)
    append(tenant?.id.bytes ?? [], to: &out)
    append(bigEndian(seq), to: &out)
    append(bigEndian(occurredAt.microseconds), to: &out)
    for text in [actor, act, subject, detail] { append(Array(text.utf8), to: &out) }
    append(credential?.bytes ?? [], to: &out)
    append(previousHash, to: &out)
    return out
  }

  /// The hash that the entry must have.
  func computedHash(tenant: TenantID?) -> [UInt8] {
    Array(SHA256.hash(data: Data(encoded(tenant: tenant))))
  }

  private func append(_ field: [UInt8], to out: inout [UInt8]) {
    let length = UInt32(truncatingIfNeeded: field.count)
    for shift in stride(from: 24, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
    out += field
  }

  private func bigEndian(_ value: Int64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> Int64($0)) }
  }
}

/// The end of a chain. Kept outside the database, it is a checkpoint that later finds a chain rewritten as a whole.
package struct AuditHead: Hashable, Sendable {
  package let seq: Int64
  package let hash: [UInt8]

  package init(seq: Int64, hash: [UInt8]) {
    self.seq = seq
    self.hash = hash
  }
}
