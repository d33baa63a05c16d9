import BulkheadCore
import Crypto
import Foundation

/// Keyed digests of what a tenant sent: equal inputs can be recognised, and nobody without the master key can try
/// guesses against a stored digest.
package struct TenantDigest: Sendable {
  private let master: MasterKey

  package init(master: MasterKey) { self.master = master }

  /// HMAC-SHA256 under a key of the tenant and the purpose; 32 bytes.
  package func digest(_ bytes: [UInt8], tenant: TenantID, purpose: String) -> [UInt8] {
    master.derive("tenant-digest", tenant.id.hex, purpose).withValue { key in
      Array(HMAC<SHA256>.authenticationCode(for: Data(bytes), using: SymmetricKey(data: key)))
    }
  }
}
