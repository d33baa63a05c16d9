import BulkheadCore

/// Where signing keys rest. Implemented over the control database.
///
/// Every call names the tenant, or `nil` for the platform, and must touch the rows of that one only.
package protocol SigningKeyStore: Sendable {
  /// All keys of `tenant` that are not retired; empty when there is no such tenant.
  func keys(of tenant: TenantID?) async throws(Refusal) -> [SigningKey]

  /// The key `kid` of `tenant`, whatever its state; `nil` when it is absent or another tenant's.
  func key(_ kid: String, of tenant: TenantID?) async throws(Refusal) -> SigningKey?

  /// Adds a key. Refuses when the `kid` is taken by any tenant.
  func insert(_ key: SigningKey) async throws(Refusal)

  /// Adds a key if `key.tenant` has none that is not retired, in one step: of several who do this at once one succeeds.
  /// Answers whether the key was added.
  func insertFirst(_ key: SigningKey) async throws(Refusal) -> Bool

  /// Moves a key on. Does nothing when `tenant` has no key `kid`.
  func update(
    _ kid: String, of tenant: TenantID?, state: SigningKey.State, notAfter: Instant?
  ) async throws(Refusal)
}
