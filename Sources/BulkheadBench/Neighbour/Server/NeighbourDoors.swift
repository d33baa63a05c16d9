import BulkheadCore
import BulkheadKeys
import BulkheadServer

/// The credentials of all tenants, made and verified as the product does, the same under every control.
struct NeighbourDoors: Authenticator {
  /// Of the tenants in their order.
  let tokens: [String]
  private let verifier: TokenVerifier

  init(master: MasterKey) async throws {
    let ambient = Ambient()
    var limits = KeyRing.Limits()
    // The keys are in memory anyway: none is loaded again while something is measured.
    limits.freshFor = .seconds(86_400)
    let ring = KeyRing(
      store: MemoryKeyStore(), sealer: SecretSealer(master: master), ambient: ambient, limits: limits)
    let issuer = TokenIssuer(ring: ring, ambient: ambient)
    verifier = TokenVerifier(ring: ring, clock: ambient.clock)
    try await verifier.refresh(from: NoRevocations())
    var tokens: [String] = []
    for number in 1...NeighbourTables.tenants {
      let tenant = TenantID(BenchTables.tenant(number))
      try await ring.rotate(tenant)
      let issued = try await issuer.issue(
        tenant: tenant, actor: Actor(kind: .service, id: ambient.makeID()),
        permissions: PermissionSet([NeighbourWork.permission]))
      tokens.append(issued.text.withValue { $0 })
    }
    self.tokens = tokens
  }

  func tenantContext(token: String) async throws -> TenantContext {
    if let context = verifier.remembered(token) { return context }
    return try await verifier.verify(token)
  }

  func platformActor(token: String) async throws -> (Actor, PermissionSet) { throw Refusal.notFound }
}
