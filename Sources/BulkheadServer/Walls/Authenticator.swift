import BulkheadCore

/// Turns a credential into the one who acts. Implemented over `BulkheadKeys`, which verifies tokens with the key of the
/// tenant that they name.
///
/// This is the credential wall: a control run of the attack suite replaces it by one that verifies nothing.
package protocol Authenticator: Sendable {
  /// The context that a tenant's token stands for. Throws any `.unauthenticated` refusal; callers of the API see the
  /// same answer for all of them.
  func tenantContext(token: String) async throws -> TenantContext

  /// The platform's operator and what the credential allows. A tenant's token is refused here, and the other way
  /// round.
  func platformActor(token: String) async throws -> (Actor, PermissionSet)
}
