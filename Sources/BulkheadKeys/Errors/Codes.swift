import BulkheadCore

extension RefusalCode {
  /// Whatever is wrong with a credential: one code and one text, so that nobody learns which check refused it.
  package static let credentialInvalid = RefusalCode("credential.invalid", .unauthenticated)
  /// A job envelope that does not open for the tenant, job and topic it is presented with.
  package static let envelopeInvalid = RefusalCode("envelope.invalid", .unauthenticated)
  /// A payload beyond `EnvelopeLimits.payloadBytesMax`, or a topic beyond `topicBytesMax`.
  package static let envelopeTooLarge = RefusalCode("envelope.tooLarge", .tooLarge)
  /// The configured master key is not 32 bytes in hexadecimal or base64.
  package static let masterKeyInvalid = RefusalCode("masterKey.invalid", .invalid)
  /// A stored secret does not open: wrong master key, or the row was changed or swapped.
  package static let sealedInvalid = RefusalCode("sealed.invalid", .internal)
  /// The tenant has no key to sign with.
  package static let signingKeyMissing = RefusalCode("signingKey.missing", .unavailable)
  /// Rotated so often that too many keys still verify.
  package static let signingKeyTooMany = RefusalCode("signingKey.tooMany", .conflict)
  /// A lifetime of zero, below zero, or beyond what the kind of actor may have.
  package static let tokenLifetime = RefusalCode("token.lifetime", .invalid)
  /// This kind of actor gets no token at this door.
  package static let tokenActor = RefusalCode("token.actor", .invalid)
  /// A permission whose name cannot stand in a scope (RFC 6749, section 3.3), or too many of them.
  package static let tokenPermissions = RefusalCode("token.permissions", .invalid)
  /// A link to something that is no path of the API, or too long.
  package static let tokenPath = RefusalCode("token.path", .invalid)
  /// The password breaks the rules for new passwords.
  package static let passwordRefused = RefusalCode("password.refused", .invalid)
  /// Too many passwords are being checked right now.
  package static let loginBusy = RefusalCode("login.busy", .unavailable)
  /// Too many attempts on one account or from one peer.
  package static let loginLimited = RefusalCode("login.limited", .limited)

  /// Every code that this library gives of its own.
  package static let keys: [RefusalCode] = [
    .credentialInvalid, .envelopeInvalid, .envelopeTooLarge, .masterKeyInvalid, .sealedInvalid, .signingKeyMissing,
    .signingKeyTooMany, .tokenLifetime, .tokenActor, .tokenPermissions, .tokenPath, .passwordRefused, .loginBusy,
    .loginLimited,
  ]
}
