import BulkheadCore

/// What the registry knows of one tenant.
package struct TenantRecord: Sendable {
  package let placement: Placement
  package let slug: String
  package let name: String
  package let status: TenantStatus
  /// The org node above.
  package let parent: EntityID?
  package let policyTemplate: String
  package let createdAt: Instant

  package var id: TenantID { placement.tenant }

  static let columns = """
    t.id, t.slug, n.name, n.parent_id, t.tier, t.cell, t.database_name, t.schema_name, t.role_name, t.epoch, t.status,
    t.policy_template, t.created_at
    """

  init(_ row: Row) throws(Refusal) {
    let tenant = TenantID(try row.id(0))
    guard let tier = Tier(rawValue: try row.text(4)), let status = TenantStatus(rawValue: try row.text(10)) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "registry row of \(tenant)")
    }
    self.placement = Placement(
      tenant: tenant, cell: try row.text(5), tier: tier, database: try row.text(6), schema: try row.text(7),
      role: try row.text(8), epoch: Int32(truncatingIfNeeded: try row.int(9)))
    self.slug = try row.text(1)
    self.name = try row.text(2)
    self.parent = row.idOrNil(3)
    self.status = status
    self.policyTemplate = try row.text(11)
    self.createdAt = try row.instant(12)
  }
}
