import BulkheadCore

/// The rule that everything in a request that names a tenant names the credential's.
enum Agreement {
  /// One constant refusal, whether or not the named tenant exists.
  static let refusal = Refusal(
    .tenantMismatch, "The request names a tenant that is not the credential's tenant.")

  /// Refuses with `tenant.mismatch` unless every one of `names` is the id or the slug of `tenant`.
  static func check(_ names: [String?], tenant: TenantID, slug: String) throws(Refusal) {
    for case let name? in names where name != slug && EntityID(name) != tenant.id { throw refusal }
  }
}
