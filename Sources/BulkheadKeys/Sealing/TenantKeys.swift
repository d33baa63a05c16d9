import BulkheadCore
import Crypto
import Synchronization

/// The symmetric keys of one purpose, one for each tenant and version, derived from the master key when first needed.
final class TenantKeys: Sendable {
  /// Derived keys kept. A derivation costs a few microseconds, so losing one to the bound is cheap.
  static let cachedKeysMax = 8192

  private struct Name: Hashable {
    let tenant: TenantID?
    let version: UInt8
  }

  private let master: MasterKey
  private let purpose: String
  private let clock: any WallClock
  private let cache = Mutex(GenerationCache<Name, SymmetricKey>(entriesMax: TenantKeys.cachedKeysMax))

  init(master: MasterKey, purpose: String, clock: any WallClock) {
    self.master = master
    self.purpose = purpose
    self.clock = clock
  }

  /// The key of `tenant`, or the platform's own for `nil`.
  func key(_ tenant: TenantID?, version: UInt8) -> SymmetricKey {
    let name = Name(tenant: tenant, version: version)
    let now = clock.now()
    if let key = cache.withLock({ $0.use(name, now: now) }) { return key }
    let key = master.key(purpose, [tenantBinding(tenant), [version]])
    cache.withLock { _ = $0.insert(key, for: name, now: now) }
    return key
  }
}

/// 17 bytes that stand for a tenant or, with a first byte of 0, for the platform itself.
func tenantBinding(_ tenant: TenantID?) -> [UInt8] {
  tenant.map { [1] + $0.id.bytes } ?? [UInt8](repeating: 0, count: 17)
}
