import BulkheadCore
import BulkheadKeys

/// Signing keys and operator contexts for provisioning.
package struct PlatformIdentity: TenantIdentity {
  private let ring: KeyRing
  private let passes: OperatorPasses
  private let permissions: PermissionSet

  /// - Parameter permissions: what an operator may do inside a tenant.
  package init(ring: KeyRing, passes: OperatorPasses, permissions: PermissionSet) {
    self.ring = ring
    self.passes = passes
    self.permissions = permissions
  }

  package func ensureSigningKey(of tenant: TenantID) async throws {
    try await ring.ensureKey(of: tenant)
  }

  /// The platform's own key, with which operators' tokens are signed.
  package func ensurePlatformKey() async throws {
    try await ring.ensureKey(of: nil)
  }

  package func operatorContext(for tenant: TenantID, actor: Actor) async throws -> TenantContext {
    try passes.context(for: tenant, actor: actor, permissions: permissions)
  }
}
