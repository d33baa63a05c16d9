import BulkheadCore

/// Seals secrets that rest in the control database, such as private signing keys, so that a copy of the database is
/// not a copy of them, and a row of one tenant does not open as another's.
package struct SecretSealer: Sendable {
  /// The key version that new secrets are sealed with.
  package static let version: UInt8 = 1

  private let keys: TenantKeys

  package init(master: MasterKey, clock: any WallClock = SystemClock()) {
    keys = TenantKeys(master: master, purpose: "at rest", clock: clock)
  }

  /// Seals `bytes` for `tenant` (the platform itself when `nil`) and for `purpose`, which may name a single row.
  package func seal(_ bytes: [UInt8], tenant: TenantID?, purpose: String) throws(Refusal) -> [UInt8] {
    let sealed = SealedBytes.seal(
      bytes, version: Self.version, key: keys.key(tenant, version: Self.version),
      binding: tenantBinding(tenant) + Array(purpose.utf8))
    guard let sealed else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a secret could not be sealed")
    }
    return sealed
  }

  /// Opens what `seal` made for the same tenant and purpose. Refuses anything else with `sealed.invalid`.
  package func open(_ sealed: [UInt8], tenant: TenantID?, purpose: String) throws(Refusal) -> Secret<[UInt8]> {
    guard SealedBytes.version(of: sealed) == Self.version,
      let bytes = SealedBytes.open(
        sealed, key: keys.key(tenant, version: Self.version),
        binding: tenantBinding(tenant) + Array(purpose.utf8))
    else {
      throw Refusal(
        .sealedInvalid, "An internal error occurred.", diagnostic: "a sealed secret does not open for \(purpose)")
    }
    return Secret(bytes)
  }
}
