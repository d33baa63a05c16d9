import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys

extension RefusalCode {
  package static let loginRefused = RefusalCode("login.refused", .unauthenticated)
  package static let emailInvalid = RefusalCode("email.invalid", .invalid)
  package static let userExists = RefusalCode("user.exists", .conflict)
}

/// One person with a password in one tenant. The same address in two tenants is two accounts that share nothing.
package struct UserAccount: Sendable {
  package let id: EntityID
  package let email: String
  package let roles: [String]
  package let isActive: Bool
  package let version: Int64
  package let createdAt: Instant
}

/// The users of tenants, in the control database. Every statement carries the tenant, which comes from a verified
/// context or, at login, from the name that was typed.
package struct Accounts: Sendable {
  private let control: any ControlQueries
  private let registry: TenantRegistry
  private let passwords: Passwords
  private let throttle: LoginThrottle
  private let issuer: TokenIssuer
  private let revocations: any RevocationStore
  private let roles: Roles
  private let ledger: AuditLedger
  private let ambient: Ambient

  package init(
    control: any ControlQueries, registry: TenantRegistry, passwords: Passwords, throttle: LoginThrottle,
    issuer: TokenIssuer, revocations: any RevocationStore, roles: Roles, ledger: AuditLedger,
    ambient: Ambient
  ) {
    self.control = control
    self.registry = registry
    self.passwords = passwords
    self.throttle = throttle
    self.issuer = issuer
    self.revocations = revocations
    self.roles = roles
    self.ledger = ledger
    self.ambient = ambient
  }

  /// A user who is not yet on record, the password hashed.
  package struct Draft: Sendable {
    package let user: UserAccount
    fileprivate let hash: String
    /// What is audited with it.
    package let intent: AuditIntent
  }

  /// Prepares a user; takes as long as hashing a password does. Refuses with `role.unknown`, `email.invalid` or
  /// `password.refused`.
  package func draft(
    by giver: TenantContext, email: String, password: String, roles names: [String]
  ) async throws -> Draft {
    let email = try Self.normalized(email)
    try roles.check(names)
    let hash = try await passwords.hash(password, tenant: giver.tenant)
    let user = UserAccount(
      id: ambient.makeID(), email: email, roles: names, isActive: true, version: 1, createdAt: ambient.now)
    let intent = AuditIntent(
      .userCreated, subject: "user:\(user.id)", detail: ["roles": .array(names.map(JSON.string))], context: giver,
      ambient: ambient)
    return Draft(user: user, hash: hash, intent: intent)
  }

  /// Puts a draft on record, with the intent to audit it. Doing it again changes nothing. Refuses with `user.exists`.
  package func record(_ draft: Draft) async throws {
    let tenant = draft.intent.tenant
    let user = draft.user
    let made = try await control.run(
      """
      INSERT INTO control.user_account (tenant_id, id, email, password_hash, roles, created_at)
      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, email) DO NOTHING RETURNING id
      """,
      [
        .id(tenant.id), .id(user.id), .text(user.email), .text(draft.hash), .texts(user.roles),
        .instant(user.createdAt),
      ], intending: draft.intent)
    guard made.isEmpty else { return }
    let known = try await control.run(
      "SELECT id FROM control.user_account WHERE tenant_id = $1 AND email = $2", [.id(tenant.id), .text(user.email)])
    guard known.first?.idOrNil(0) == user.id else {
      throw Refusal(.userExists, "A user with this address exists.", at: "/email")
    }
  }

  package func user(_ id: EntityID, in tenant: TenantID) async throws -> UserAccount {
    let rows = try await control.run(
      "\(Self.select) WHERE tenant_id = $1 AND id = $2", [.id(tenant.id), .id(id)])
    guard let row = rows.first else { throw Refusal.notFound }
    return try Self.account(row)
  }

  package func users(in tenant: TenantID, after: EntityID?, limit: Int) async throws -> [UserAccount] {
    let rows = try await control.run(
      """
      \(Self.select) WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3
      """, [.id(tenant.id), .optional(after), .int(Int64(limit))])
    return try rows.map { try Self.account($0) }
  }

  /// Ends a user's access: no login, and every token issued so far, to the user or by the user, is refused.
  package func disable(_ id: EntityID, intending intent: AuditIntent) async throws -> UserAccount {
    let tenant = intent.tenant
    let rows = try await control.run(
      """
      UPDATE control.user_account SET status = 'disabled', version = version + 1 WHERE tenant_id = $1 AND id = $2
      RETURNING id
      """, [.id(tenant.id), .id(id)], intending: intent)
    guard !rows.isEmpty else { throw Refusal.notFound }
    try await revocations.record(.subject(id, tenant: tenant, notBefore: ambient.now + .seconds(1)))
    let given = try await control.run(
      """
      UPDATE control.service_token SET revoked_at = now()
      WHERE tenant_id = $1 AND issued_by = $2 AND revoked_at IS NULL RETURNING id, expires_at
      """, [.id(tenant.id), .text(Actor(kind: .user, id: id).description)])
    for row in given {
      try await revocations.record(.credential(try row.id(0), tenant: tenant, expiresAt: try row.instant(1)))
    }
    return try await user(id, in: tenant)
  }

  /// A token for whoever knows the password. An unknown tenant, an unknown user, a disabled one and a wrong password
  /// get one answer after the same work.
  package func login(
    tenantName: String, email: String, password: String, peer: String
  ) async throws -> (token: IssuedToken, user: EntityID, tenant: TenantID) {
    // Throttle, statement and queue see the name that was typed, so a tenant that does not exist is treated in every
    // step like one that does.
    let scope = Self.scope(tenantName)
    try throttle.admit(tenant: scope, account: email, peer: peer)
    let record = try await find(tenantName)
    let rows = try await control.run(
      """
      SELECT id, password_hash, roles FROM control.user_account
      WHERE tenant_id = $1 AND email = $2 AND status = 'active'
      """, [.id(record?.id.id ?? EntityID(high: 0, low: 0)), .text(email.lowercased())])
    let row = rows.first
    let isGood = try await passwords.verify(password, against: row?.textOrNil(1), tenant: scope)
    guard isGood, let row, let record, record.status == .active else {
      // Counted in memory, whoever it was: the answer comes no sooner and no later for it.
      ledger.note(
        AuditLedger.Kind(
          tenant: record.flatMap { $0.status == .provisioning ? nil : $0.id }, act: .loginRefused,
          actor: row?.idOrNil(0).map { Actor(kind: .user, id: $0) }, subject: "login", detail: ["peer": peer]))
      throw Refusal(.loginRefused, "Tenant, address or password is wrong.")
    }
    throttle.succeeded(tenant: scope, account: email)
    let user = try row.id(0)
    let token = try await issuer.issue(
      tenant: record.id, actor: Actor(kind: .user, id: user),
      permissions: roles.permissions(of: PostgresTextArray.parse(try row.text(2))))
    return (token, user, record.id)
  }

  /// Stands for a tenant's name in throttle and queue, whether or not there is such a tenant (FNV-1a, two offsets).
  private static func scope(_ tenantName: String) -> TenantID {
    var high: UInt64 = 0xcbf2_9ce4_8422_2325
    var low: UInt64 = 0x8422_2325_cbf2_9ce4
    for byte in tenantName.lowercased().utf8 {
      high = (high ^ UInt64(byte)) &* 0x100_0000_01b3
      low = (low ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return TenantID(EntityID(high: high, low: low))
  }

  private func find(_ tenantName: String) async throws -> TenantRecord? {
    if let id = TenantID(tenantName) { return try await registry.tenant(id) }
    return try await registry.tenant(slug: tenantName)
  }

  private static let select = "SELECT id, email, roles, status, version, created_at FROM control.user_account"

  private static func account(_ row: Row) throws -> UserAccount {
    UserAccount(
      id: try row.id(0), email: try row.text(1), roles: PostgresTextArray.parse(try row.text(2)),
      isActive: try row.text(3) == "active", version: try row.int(4), createdAt: try row.instant(5))
  }

  private static func normalized(_ email: String) throws(Refusal) -> String {
    let email = email.lowercased()
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    let isPlain = email.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isPlain, email.utf8.count <= 254 else {
      throw Refusal(.emailInvalid, "This is not an e-mail address.", at: "/email")
    }
    return email
  }
}
