import BulkheadCore
import Crypto

/// A credential just issued.
package struct IssuedToken: Sendable {
  /// The compact text; shown to its owner once and stored nowhere.
  package let text: Secret<String>
  /// The `jti`, by which the token can be revoked.
  package let credential: EntityID
  package let issuedAt: Instant
  package let expiresAt: Instant
}

/// Issues access tokens for one tenant's users and services, signed with that tenant's own key.
package struct TokenIssuer: Sendable {
  /// The audience of tenants' tokens.
  package static let audience = "bulkhead-api"

  private let press: TokenPress

  package init(ring: KeyRing, ambient: Ambient) { press = TokenPress(ring: ring, ambient: ambient) }

  /// Issues a token for `actor`, a user or a service, with a life within `TokenLifetimes`.
  ///
  /// Refuses with `token.actor`, `token.lifetime`, `token.permissions` or `signingKey.missing`.
  package func issue(
    tenant: TenantID, actor: Actor, permissions: PermissionSet, lifetime: Duration? = nil
  ) async throws(Refusal) -> IssuedToken {
    guard Door.tenant.admits(actor.kind) else { throw TokenPress.actorRefused }
    return try await press.make(
      tenant: tenant, audience: Self.audience, actor: actor, permissions: permissions, lifetime: lifetime)
  }

  /// Issues what a link to one file carries: it reads `path` and nothing else, for as long as `lifetime`, at most
  /// `TokenLifetimes.linkMax` and no longer than the credential of `maker`, whose `jti` it has: revoked with it.
  /// Refuses as `issue` does, and with `token.path`.
  package func issueLink(
    to path: String, permission: Permission, by maker: TenantContext, lifetime: Duration = TokenLifetimes.linkDefault
  ) async throws(Refusal) -> IssuedToken {
    guard Door.tenant.admits(maker.actor.kind) else { throw TokenPress.actorRefused }
    guard lifetime <= TokenLifetimes.linkMax else { throw TokenPress.lifetimeRefused }
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= TokenClaims.pathBytesMax else {
      throw Refusal(.tokenPath, "The path is no path of this API.")
    }
    return try await press.make(
      tenant: maker.tenant, audience: Self.audience, actor: maker.actor, permissions: PermissionSet([permission]),
      lifetime: lifetime, link: (path, maker))
  }
}

/// Issues access tokens for the platform's operators. They name no tenant and open no tenant's door.
package struct PlatformTokenIssuer: Sendable {
  /// The audience of operators' tokens.
  package static let audience = "bulkhead-platform"

  private let press: TokenPress

  package init(ring: KeyRing, ambient: Ambient) { press = TokenPress(ring: ring, ambient: ambient) }

  /// Issues a token for `actor`, an operator. Refuses as `TokenIssuer.issue` does.
  package func issue(
    actor: Actor, permissions: PermissionSet, lifetime: Duration? = nil
  ) async throws(Refusal) -> IssuedToken {
    guard Door.platform.admits(actor.kind) else { throw TokenPress.actorRefused }
    return try await press.make(
      tenant: nil, audience: Self.audience, actor: actor, permissions: permissions, lifetime: lifetime)
  }
}

/// The common part of both issuers.
private struct TokenPress: Sendable {
  static let lifetimeRefused = Refusal(
    .tokenLifetime, "The lifetime is out of bounds for this kind of actor.")
  static let actorRefused = Refusal(.tokenActor, "No credential is issued here for this kind of actor.")

  let ring: KeyRing
  let ambient: Ambient

  func make(
    tenant: TenantID?, audience: String, actor: Actor, permissions: PermissionSet, lifetime: Duration?,
    link: (path: String, maker: TenantContext)? = nil
  ) async throws(Refusal) -> IssuedToken {
    guard let bounds = TokenLifetimes.bounds(actor.kind) else { throw Self.actorRefused }
    let lifetime = lifetime ?? bounds.standard
    guard lifetime >= .seconds(1), lifetime <= bounds.longest else { throw Self.lifetimeRefused }
    guard permissions.permissions.count <= TokenClaims.permissionsMax,
      permissions.permissions.allSatisfy({ TokenClaims.isScope($0.name) })
    else { throw Self.permissionsRefused }
    let now = ambient.now
    let expiresAt = min(now + lifetime, link?.maker.expiresAt ?? now + lifetime)
    let claims = TokenClaims(
      issuer: TokenClaims.issuer, audience: audience, subject: actor, tenant: tenant,
      credential: link?.maker.credential ?? ambient.makeID(), issuedAt: now, notBefore: now, expiresAt: expiresAt,
      permissions: permissions, path: link?.path)
    let text = try await sign(claims)
    guard text.utf8.count <= CompactToken.bytesMax else { throw Self.permissionsRefused }
    return IssuedToken(
      text: Secret(text), credential: claims.credential, issuedAt: now, expiresAt: claims.expiresAt)
  }

  private func sign(_ claims: TokenClaims) async throws(Refusal) -> String {
    let pair = try await ring.signingPair(of: claims.tenant)
    let signed = TokenHeader.encoded(kid: pair.kid) + "." + Base64.url.encode(claims.json.utf8)
    guard let signature = try? pair.key.signature(for: Array(signed.utf8)) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a token could not be signed")
    }
    return signed + "." + Base64.url.encode(signature.rawRepresentation)
  }

  private static let permissionsRefused = Refusal(
    .tokenPermissions, "The permissions do not fit into a credential.")
}
