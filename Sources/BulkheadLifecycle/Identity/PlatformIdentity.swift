import BulkheadCore
import BulkheadKeys

/// Signing keys and operator contexts for provisioning.
package struct PlatformIdentity: TenantIdentity {
  private let store: any SigningKeyStore
  private let ring: KeyRing
  private let passes: OperatorPasses
  private let permissions: PermissionSet

  /// - Parameter permissions: what an operator may do inside a tenant.
  package init(store: any SigningKeyStore, ring: KeyRing, passes: OperatorPasses, permissions: PermissionSet) {
    self.store = store
    self.ring = ring
    self.passes = passes
    self.permissions = permissions
  }

  package func ensureSigningKey(of tenant: TenantID) async throws {
    guard try await store.keys(of: tenant).isEmpty else { return }
    _ = try await ring.rotate(tenant)
  }

  /// The platform's own key, with which operators' tokens are signed.
  package func ensurePlatformKey() async throws {
    guard try await store.keys(of: nil).isEmpty else { return }
    _ = try await ring.rotate(nil)
  }

  package func operatorContext(for tenant: TenantID, actor: Actor) async throws -> TenantContext {
    try passes.context(for: tenant, actor: actor, permissions: permissions)
  }
}
