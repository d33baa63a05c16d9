import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadPostgres

/// What else has to be made for a new tenant, by those who bring tables of their own. Must be idempotent.
package typealias ProvisionHook = @Sendable (_ tenant: Tenant) async throws -> Void

/// Creates a tenant with everything it needs: ids, org node, placement, role, schema or database, tables, bind keys,
/// signing key, policy, audit chain.
///
/// Every step looks before it acts, so creating the same tenant again, or again after a crash, ends in the same state
/// and answers the same. Until the last step the tenant is `provisioning` and, to everyone outside, absent.
package struct Provisioner: Sendable {
  private let control: any ControlQueries
  private let registry: TenantRegistry
  private let orgTree: OrgTree
  private let cells: Cells
  private let installation: Installation
  private let identity: any TenantIdentity
  private let path: DataPath
  private let audit: AuditTrail
  private let ambient: Ambient
  private let hooks: [ProvisionHook]

  package init(
    control: any ControlQueries, registry: TenantRegistry, cells: Cells, installation: Installation,
    identity: any TenantIdentity, path: DataPath, ambient: Ambient, hooks: [ProvisionHook]
  ) {
    self.control = control
    self.registry = registry
    self.orgTree = OrgTree(control: control, ambient: ambient)
    self.cells = cells
    self.installation = installation
    self.identity = identity
    self.path = path
    self.audit = AuditTrail(ambient: ambient)
    self.ambient = ambient
    self.hooks = hooks
  }

  package func create(
    _ request: TenantRequest, actor: Actor, progress: @escaping Installation.Progress = { _ in }
  ) async throws -> TenantRecord {
    let record = try await register(request)
    if record.status != .provisioning { return record }
    progress("placing \(record.slug) in tier \(record.placement.tier.rawValue)")
    try await cells.admin(of: record.placement.cell).exclusively {
      try await place(record.placement, progress: progress)
    }
    try await identity.ensureSigningKey(of: record.id)
    try await furnish(record, actor: actor)
    // Of several that create the same tenant at once, one makes it active, and that one's entry stands.
    _ = try await PlatformAuditTrail(control: control, ambient: ambient).run(
      """
      UPDATE control.tenant SET status = 'active', version = version + 1 WHERE id = $1 AND status = 'provisioning'
      RETURNING id
      """, [.id(record.id.id)], .tenantCreated, subject: "tenant:\(record.id)",
      detail: ["tier": .string(record.placement.tier.rawValue), "slug": .string(record.slug)], actor: actor)
    registry.forget(record.id)
    guard let active = try await registry.tenant(record.id) else { throw Refusal.notFound }
    return active
  }

  /// The registry entry, made when missing; a different one under the same slug is refused.
  private func register(_ request: TenantRequest) async throws -> TenantRecord {
    try OrgTree.check(slug: request.slug)
    let parent = try await orgTree.node(path: request.parentPath)
    let templates = try await control.run(
      "SELECT 1 FROM control.policy_template WHERE name = $1", [.text(request.policyTemplate)])
    guard !templates.isEmpty else {
      throw Refusal(.policyTemplateUnknown, "There is no policy template of this name.", at: "/policyTemplate")
    }
    if let known = try await registry.tenant(slug: request.slug) { return try same(known, request, parent) }
    let node = try await orgTree.ensure(.tenant, slug: request.slug, name: request.name, below: parent)
    let placement = plan(TenantID(node.id), request.tier)
    _ = try await control.run(
      """
      INSERT INTO control.tenant (id, slug, tier, cell, database_name, schema_name, role_name, policy_template)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
      """,
      [
        .id(node.id), .text(request.slug), .text(request.tier.rawValue), .text(placement.cell),
        .text(placement.database), .text(placement.schema), .text(placement.role), .text(request.policyTemplate),
      ])
    registry.forget(placement.tenant)
    guard let record = try await registry.tenant(slug: request.slug) else { throw Refusal.notFound }
    return try same(record, request, parent)
  }

  private func same(_ known: TenantRecord, _ request: TenantRequest, _ parent: OrgNode) throws -> TenantRecord {
    guard known.placement.tier == request.tier, known.parent == parent.id, known.name == request.name,
      known.policyTemplate == request.policyTemplate
    else {
      throw Refusal(
        .tenantExistsOtherwise, "A tenant with this slug exists with another name, tier, parent or policy template.",
        at: "/slug")
    }
    return known
  }

  /// Names that say nothing about whose they are.
  private func plan(_ tenant: TenantID, _ tier: Tier) -> Placement {
    let opaque = String(Hex.encode(ambient.random.bytes(8)).prefix(14))
    let (cell, database, schema, role) =
      switch tier {
      case .pooled:
        (cells.main.cell, Installation.cellDatabase, Installation.pooledSchema, Installation.pooledRole)
      case .schema: (cells.main.cell, Installation.cellDatabase, "s_\(opaque)", "r_\(opaque)")
      case .dedicated: (cells.dedicated.cell, "d_\(opaque)", "s_\(opaque)", "r_\(opaque)")
      }
    return Placement(
      tenant: tenant, cell: cell, tier: tier, database: database, schema: schema, role: role, epoch: 1)
  }

  /// Role, database and schema as the tier needs, then the placement row that a bind checks.
  private func place(_ placement: Placement, progress: @escaping Installation.Progress) async throws {
    let admin = try cells.admin(of: placement.cell)
    if placement.tier != .pooled {
      try await admin.connected { connection in
        try await installation.ensureLogin(placement.role, inPlacementGroup: true, connection)
      }
    }
    if placement.tier == .dedicated {
      try await installation.installDatabase(placement.database, admin, progress: progress)
    }
    try await admin.connected(to: placement.database) { connection in
      if placement.tier != .pooled {
        try await installation.openSchema(
          placement.schema, role: placement.role, tenant: placement.tenant, connection)
        try await installation.migrateSchema(placement.schema, connection, progress: progress)
      }
      _ = try await connection.roundTrip(
        [
          .once(
            text: """
              INSERT INTO bulkhead.placement (tenant_id, role_name, epoch) VALUES ($1, $2, $3)
              ON CONFLICT (tenant_id) DO UPDATE SET role_name = excluded.role_name, epoch = excluded.epoch
              """,
            parameters: [.id(placement.tenant.id), .text(placement.role), .int(Int64(placement.epoch))])
        ], deadline: nil)
    }
    try await path.keeper.seed(cell: placement.cell, database: placement.database)
  }

  /// What lies in the tenant's own tables: the first link of its audit chain, and the hooks' work.
  private func furnish(_ record: TenantRecord, actor: Actor) async throws {
    let tenant = path.tenant(try await identity.operatorContext(for: record.id, actor: actor))
    for hook in hooks { try await hook(tenant) }
    let entry = audit.query(
      .tenantCreated, subject: "tenant:\(record.id)",
      detail: ["tier": .string(record.placement.tier.rawValue), "slug": .string(record.slug)], context: tenant.context)
    try await tenant.transaction { transaction in
      // A run that was cut short is done again, and the entry has been written once then.
      let first = try await transaction.run(Self.claim, .text(AuditAct.tenantCreated.name), .id(record.id.id))
      if first.affected == 1 { try transaction.enqueue(entry) }
    }
  }

  private static let claim = Statement(
    "INSERT INTO consumed_event (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
}

/// Identity work that provisioning needs, done over `BulkheadKeys`.
package protocol TenantIdentity: Sendable {
  /// Makes the tenant's first signing key when it has none.
  func ensureSigningKey(of tenant: TenantID) async throws
  /// A context in which the operator acts for the tenant: a credential signed with the tenant's key, then verified
  /// like any other.
  func operatorContext(for tenant: TenantID, actor: Actor) async throws -> TenantContext
}

/// The cells that this process can administer.
package struct Cells: Sendable {
  package let main: AdminAccess
  /// Where dedicated databases are made: a second cluster when one is configured, else the main one.
  package let dedicated: AdminAccess

  package init(main: AdminAccess, dedicated: AdminAccess?) {
    self.main = main
    self.dedicated = dedicated ?? main
  }

  package func admin(of cell: String) throws(Refusal) -> AdminAccess {
    if cell == main.cell { return main }
    if cell == dedicated.cell { return dedicated }
    throw Refusal(
      .provisioningUnavailable, "This process cannot administer the cell.",
      diagnostic: "cell \(cell) is not configured")
  }
}
