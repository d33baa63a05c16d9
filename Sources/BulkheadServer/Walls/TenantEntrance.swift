import BulkheadCore

/// The way from a credential to a context that may use a route: credential, agreement, status, permission.
struct TenantEntrance: Sendable {
  let authenticator: any Authenticator
  let directory: any TenantDirectory
  let hosts: (any HostDirectory)?
  let walls: RequestWalls

  static let credentialMissing = Refusal(.credentialMissing, "A credential is needed.")

  /// One answer for every fault of a credential. `cause` is for the log.
  static func credentialInvalid(_ cause: String) -> Refusal {
    Refusal(.credentialInvalid, "The credential is not valid.", diagnostic: cause)
  }

  /// The token that `exchange` carries.
  static func token(_ exchange: Exchange, takesBasic: Bool) throws(Refusal) -> String {
    guard let header = exchange.headers.authorization else {
      if let token = exchange.linkToken { return token }
      throw credentialMissing
    }
    guard let token = Credential.token(header, takesBasic: takesBasic) else {
      throw credentialInvalid("the Authorization header is not readable")
    }
    return token
  }

  /// Verifies the credential. Expiry is checked again here, where the context is about to be used.
  func context(_ exchange: Exchange, takesBasic: Bool) async throws -> TenantContext {
    let token = try Self.token(exchange, takesBasic: takesBasic)
    let context = try await Self.verified { try await authenticator.tenantContext(token: token) }
    guard exchange.receivedAt < context.expiresAt else { throw Self.credentialInvalid("expired") }
    // A link is good in the address of its file and nowhere else; any other credential is good in the header alone.
    if walls.contains(.links) {
      guard (context.path != nil) == (exchange.headers.authorization == nil) else {
        throw Self.credentialInvalid("a link in the header, or a token in the address")
      }
      if let path = context.path, path != exchange.path { throw Self.credentialInvalid("a link to another file") }
    }
    return context
  }

  /// The platform's operator, allowed to use a route that needs `permission`.
  func operatorActor(_ exchange: Exchange, permission: Permission) async throws -> Actor {
    let token = try Self.token(exchange, takesBasic: false)
    let (actor, permissions) = try await Self.verified { try await authenticator.platformActor(token: token) }
    guard !walls.contains(.permission) || permissions.contains(permission) else {
      throw Refusal(.permissionMissing, "The credential lacks the permission \(permission).")
    }
    return actor
  }

  /// Refuses unless `context` may use a route that needs `permission`, given everything in the request that names a
  /// tenant. Returns what the tenant's policy allows.
  func check(
    _ context: TenantContext, _ exchange: Exchange, named pathNames: [String], permission: Permission
  ) async throws -> PolicyLimits {
    let entry = try await directory.entry(of: context.tenant)
    // A tenant that is unknown or still being made answers like a bad credential.
    if walls.contains(.status), entry == nil || entry?.status == .provisioning {
      throw Self.credentialInvalid("the tenant is not in service")
    }
    if walls.contains(.agreement) {
      let host = hosts.flatMap { hosts in
        exchange.authority.flatMap { hosts.tenantName(ofHost: hostName(ofAuthority: $0)) }
      }
      try Agreement.check(
        [exchange.headers.tenant, host] + pathNames, tenant: context.tenant, slug: entry?.slug ?? "")
    }
    if walls.contains(.status), entry?.status == .suspended {
      throw Refusal(.tenantSuspended, "The tenant is suspended.")
    }
    if walls.contains(.permission) { try context.require(permission) }
    return entry?.limits ?? .none
  }

  /// Runs a verification. Whatever it finds wrong with the credential, the caller sees one answer.
  private static func verified<Result>(_ verify: () async throws -> Result) async throws -> Result {
    do { return try await verify() } catch let refusal as Refusal where refusal.code.category == .unauthenticated {
      throw credentialInvalid(refusal.debugDescription)
    }
  }
}
