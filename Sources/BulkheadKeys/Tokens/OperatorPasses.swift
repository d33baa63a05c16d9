import BulkheadCore

/// Contexts in which the platform's operator acts inside one tenant: to provision it, to check its books.
///
/// The credential is the master key itself: only a process that holds it can make one. A pass is short, names the
/// operator as the actor, and is audited by whoever uses it.
package struct OperatorPasses: Sendable {
  /// Life of a pass.
  package static let lifetime: Duration = .seconds(900)

  private let master: MasterKey
  private let ambient: Ambient

  package init(master: MasterKey, ambient: Ambient) {
    self.master = master
    self.ambient = ambient
  }

  /// The operator who holds this master key; stable, and telling nothing of the key.
  package var operatorID: EntityID {
    let bytes = master.derive("operator-id", length: 16).withValue { $0 }
    return EntityID(bytes: bytes) ?? EntityID(high: 0, low: 0)
  }

  /// Refuses with `token.actor` unless `actor` is an operator.
  package func context(
    for tenant: TenantID, actor: Actor, permissions: PermissionSet
  ) throws(Refusal) -> TenantContext {
    guard actor.kind == .operator else {
      throw Refusal(.tokenActor, "No credential is issued here for this kind of actor.")
    }
    return TenantContext(
      verified: tenant, actor: actor, permissions: permissions, credential: ambient.makeID(),
      expiresAt: ambient.now + Self.lifetime)
  }
}
