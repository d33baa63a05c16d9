import BulkheadCore

/// One act of taking credentials back. In each, no tenant means the platform's own credentials.
///
/// A revocation reaches the credentials of its own tenant only: whoever may revoke in one tenant and learns another's
/// `jti` can do nothing with it.
package enum Revocation: Hashable, Sendable {
  /// One token, by its `jti`. It matters until the token would have expired.
  case credential(EntityID, tenant: TenantID?, expiresAt: Instant)
  /// All tokens of one user, service or operator issued before `notBefore`: it was disabled, or its password changed.
  case subject(EntityID, tenant: TenantID?, notBefore: Instant)
  /// All tokens of one tenant issued before `notBefore`.
  case tenant(TenantID?, notBefore: Instant)
  /// All tokens signed by one key, whenever they say they were issued: it leaked at an unknown time, and its thief
  /// writes the times.
  case key(String, tenant: TenantID?, retiredAt: Instant)
}

/// Revocations in the order recorded, and where to read on.
package struct RevocationBatch: Sendable {
  package let revocations: [Revocation]
  /// Position after the last one; opaque to all but the store.
  package let position: Int64

  package init(revocations: [Revocation], position: Int64) {
    self.revocations = revocations
    self.position = position
  }
}

/// Where revocations rest. Implemented over the control database.
package protocol RevocationStore: Sendable {
  /// Records one; it must be durable on return.
  func record(_ revocation: Revocation) async throws(Refusal)

  /// At most `limit` revocations recorded after `position`, oldest first; from the beginning, as far as they still
  /// matter, when it is `nil`.
  ///
  /// Numbers drawn from a sequence become visible in the order of commits, not of numbers, so an implementation must
  /// read an overlap again or number under a lock. Seeing one twice is harmless: applying them is idempotent.
  func changes(since position: Int64?, limit: Int) async throws(Refusal) -> RevocationBatch
}
