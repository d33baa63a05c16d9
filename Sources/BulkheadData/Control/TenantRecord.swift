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
  /// The tightest of its own, its plan's and those of every node above it.
  package let limits: PolicyLimits
  /// Its place among those that share the database.
  package let line: ShareLine
  package let createdAt: Instant

  package var id: TenantID { placement.tenant }

  static let columns = """
    t.id, t.slug, n.name, n.parent_id, t.tier, t.cell, t.database_name, t.schema_name, t.role_name, t.epoch, t.status,
    t.policy_template, t.created_at,
    (SELECT p.limits::text FROM control.policy_template p WHERE p.name = t.policy_template),
    (WITH RECURSIVE above (id, parent_id, height) AS (
       SELECT n.id, n.parent_id, 0
       UNION ALL SELECT a.id, a.parent_id, above.height + 1
       FROM above JOIN control.org_node a ON a.id = above.parent_id)
     SELECT jsonb_agg(
       jsonb_build_object('id', above.id, 'weight', coalesce(p.weight, 1), 'limits', coalesce(p.limits, '{}'))
       ORDER BY above.height DESC)::text
     FROM above LEFT JOIN control.policy p ON p.node_id = above.id)
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
    // From the platform down to the tenant.
    let policies = try row.json(14).array ?? []
    self.limits = policies.reduce(PolicyLimits(stored: try row.json(13))) {
      $0.tightened(by: PolicyLimits(stored: $1["limits"] ?? .null))
    }
    self.line = ShareLine(
      tenant: tenant, weight: Self.weight(policies.last),
      above: policies.dropFirst().dropLast().compactMap { policy in
        policy["id"]?.id.map { ShareLine.Node(id: $0, weight: Self.weight(policy)) }
      })
  }

  private static func weight(_ policy: JSON?) -> Int64 { Int64(policy?["weight"]?.int ?? 1) }
}
