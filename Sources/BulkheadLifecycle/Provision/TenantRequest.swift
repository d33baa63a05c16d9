import BulkheadCore

extension RefusalCode {
  package static let tenantExistsOtherwise = RefusalCode("tenant.existsOtherwise", .conflict)
  package static let policyTemplateUnknown = RefusalCode("policyTemplate.unknown", .invalid)
  package static let provisioningUnavailable = RefusalCode("provisioning.unavailable", .unavailable)
}

/// What is asked for when a tenant is created.
package struct TenantRequest: Sendable {
  package let slug: String
  package let name: String
  package let tier: Tier
  /// Path of slugs below the platform, for example `acme-oem/north`; empty for the platform itself.
  package let parentPath: String
  package let policyTemplate: String

  package init(
    slug: String, name: String, tier: Tier, parentPath: String = "", policyTemplate: String = "standard"
  ) {
    self.slug = slug
    self.name = name
    self.tier = tier
    self.parentPath = parentPath
    self.policyTemplate = policyTemplate
  }
}
