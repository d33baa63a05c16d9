/// What was done, as it stands in the trail: `noun.verbPast`, at most 100 bytes.
public struct AuditAct: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }

  public var description: String { name }
}

extension AuditAct {
  public static let tenantCreated = AuditAct("tenant.created")
  public static let tenantSuspended = AuditAct("tenant.suspended")
  public static let tenantResumed = AuditAct("tenant.resumed")
  public static let tenantMoved = AuditAct("tenant.moved")
  public static let loginSucceeded = AuditAct("login.succeeded")
  public static let loginRefused = AuditAct("login.refused")
  public static let userCreated = AuditAct("user.created")
  public static let userRolesChanged = AuditAct("user.rolesChanged")
  public static let userDisabled = AuditAct("user.disabled")
  public static let passwordChanged = AuditAct("user.passwordChanged")
  public static let tokenIssued = AuditAct("token.issued")
  /// A link that reads one file without another credential.
  public static let fileLinkMade = AuditAct("fileLink.made")
  public static let credentialRevoked = AuditAct("credential.revoked")
  public static let signingKeyRotated = AuditAct("signingKey.rotated")
  /// A key that leaked or is no longer wanted: its tokens are refused from that moment.
  public static let signingKeyRetired = AuditAct("signingKey.retired")
  public static let policyChanged = AuditAct("policy.changed")
  /// A good credential that named another tenant, or lacked a permission.
  public static let accessRefused = AuditAct("access.refused")
  /// A document whose envelope and channel do not agree.
  public static let documentQuarantined = AuditAct("document.quarantined")
  /// A job whose envelope was not the one it claimed to be.
  public static let envelopeRefused = AuditAct("envelope.refused")

  /// Something on its way out carried the mark of a decoy and was stopped.
  public static let canaryStopped = AuditAct("canary.stopped")
  /// Something on its way out named another tenant's id. It may have been put there by the tenant itself or a partner.
  public static let strangerSighted = AuditAct("canary.strangerSighted")

  /// The acts of the platform itself. Modules above add their own.
  public static let platform: [AuditAct] = [
    .tenantCreated, .tenantSuspended, .tenantResumed, .tenantMoved, .loginSucceeded, .loginRefused, .userCreated,
    .userRolesChanged, .userDisabled, .passwordChanged, .tokenIssued, .credentialRevoked, .signingKeyRotated,
    .signingKeyRetired, .policyChanged, .accessRefused, .documentQuarantined, .envelopeRefused, .canaryStopped,
    .strangerSighted, .fileLinkMade,
  ]
}
