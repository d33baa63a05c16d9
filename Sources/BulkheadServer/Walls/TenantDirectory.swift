import BulkheadCore

/// What the server must know of a tenant whose credential has just been verified.
package struct TenantEntry: Sendable {
  package let slug: String
  package let status: TenantStatus
  package let limits: PolicyLimits

  package init(slug: String, status: TenantStatus, limits: PolicyLimits = .none) {
    self.slug = slug
    self.status = status
    self.limits = limits
  }
}

/// The registry, as the request path sees it.
///
/// It is only ever asked about the tenant of a verified credential. Names that a request sends are compared with that
/// tenant's own names and are never looked up, so neither an answer nor its timing can tell whether another tenant
/// exists (ISOLATION, attacks 1 and 5).
package protocol TenantDirectory: Sendable {
  /// The entry of `tenant`, or `nil` when the registry has none. Called once per request: answer from memory.
  func entry(of tenant: TenantID) async throws -> TenantEntry?
}
