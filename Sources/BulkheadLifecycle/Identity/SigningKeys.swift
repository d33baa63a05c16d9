import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys

/// Changing and retiring a tenant's signing keys, with what must go with it: revocation and audit.
package struct SigningKeys: Sendable {
  private let ring: KeyRing
  private let control: any ControlQueries
  private let revocations: any RevocationStore
  private let serviceTokens: ServiceTokens
  private let ambient: Ambient

  package init(
    ring: KeyRing, control: any ControlQueries, revocations: any RevocationStore, serviceTokens: ServiceTokens,
    ambient: Ambient
  ) {
    self.ring = ring
    self.control = control
    self.revocations = revocations
    self.serviceTokens = serviceTokens
    self.ambient = ambient
  }

  /// Gives the tenant a new key. The old one verifies until the last standing token ends that it may have signed.
  /// Refuses with `signingKey.tooMany`.
  package func rotate(by giver: TenantContext) async throws -> (key: SigningKey, intent: AuditIntent) {
    let last = try await serviceTokens.lastExpiry(in: giver.tenant)
    let standing = last.map { $0 - ambient.now } ?? .zero
    let key = try await ring.rotate(giver.tenant, overlap: max(KeyRing.overlapDefault, standing))
    let intent = AuditIntent(.signingKeyRotated, subject: "key:\(key.kid)", context: giver, ambient: ambient)
    try await control.record(intent)
    return (key, intent)
  }

  /// Takes the key out of use at once, in the store, here, and in every process with its next look at revocations.
  /// Refuses with `resource.notFound` when the tenant has no such key.
  ///
  /// Each step may be done again, and the revocation comes before the rest: what is cut short leaves too much refused
  /// and not too little.
  package func retire(_ id: EntityID, by giver: TenantContext) async throws -> AuditIntent {
    let kid = SigningKey.kid(of: id)
    let tenant = giver.tenant
    guard let key = try await ring.keys(of: tenant).first(where: { $0.kid == kid }) else { throw Refusal.notFound }
    let intent = AuditIntent(.signingKeyRetired, subject: "key:\(kid)", context: giver, ambient: ambient)
    try await control.record(intent)
    try await revocations.record(.key(kid, tenant: tenant, retiredAt: ambient.now))
    if key.state == .active { _ = try await rotate(by: giver) }
    try await ring.retire(kid, of: tenant)
    return intent
  }
}
