import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadServer

/// The server's credential wall over the token verifier.
struct TokenAuthenticator: Authenticator {
  let verifier: TokenVerifier

  func tenantContext(token: String) async throws -> TenantContext {
    if let context = verifier.remembered(token) { return context }
    return try await verifier.verify(token)
  }

  func platformActor(token: String) async throws -> (Actor, PermissionSet) {
    let credential = try await verifier.verifyPlatform(token)
    return (credential.actor, credential.permissions)
  }
}

/// The server's view of the registry.
struct RegistryDirectory: TenantDirectory {
  let registry: TenantRegistry

  func entry(of tenant: TenantID) async throws -> TenantEntry? {
    try await registry.tenant(tenant).map { TenantEntry(slug: $0.slug, status: $0.status, limits: $0.limits) }
  }
}
