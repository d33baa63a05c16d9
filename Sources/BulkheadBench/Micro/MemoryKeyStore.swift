import BulkheadCore
import BulkheadKeys
import Synchronization

/// Signing keys in memory.
final class MemoryKeyStore: SigningKeyStore {
  private let keys = Mutex<[SigningKey]>([])

  func keys(of tenant: TenantID?) async throws(Refusal) -> [SigningKey] {
    keys.withLock { $0.filter { $0.tenant == tenant } }
  }

  func key(_ kid: String, of tenant: TenantID?) async throws(Refusal) -> SigningKey? {
    keys.withLock { $0.first { $0.tenant == tenant && $0.kid == kid } }
  }

  func insert(_ key: SigningKey) async throws(Refusal) { keys.withLock { $0.append(key) } }

  func insertFirst(_ key: SigningKey) async throws(Refusal) -> Bool {
    keys.withLock { keys in
      guard !keys.contains(where: { $0.tenant == key.tenant }) else { return false }
      keys.append(key)
      return true
    }
  }

  func update(
    _ kid: String, of tenant: TenantID?, state: SigningKey.State, notAfter: Instant?
  ) async throws(Refusal) {}
}

/// Nothing was ever revoked.
struct NoRevocations: RevocationStore {
  func record(_ revocation: Revocation) async throws(Refusal) {}

  func changes(since position: Int64?, limit: Int) async throws(Refusal) -> RevocationBatch {
    RevocationBatch(revocations: [], position: 0)
  }
}
