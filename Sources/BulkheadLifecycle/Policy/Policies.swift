import BulkheadAudit
import BulkheadCore
import BulkheadData

extension RefusalCode {
  /// Policies end at the tenant: requests and jobs act for a tenant, not for one of its legal entities.
  package static let policyMisplaced = RefusalCode("policy.misplaced", .invalid)
}

/// What one node, or a tenant's plan, allows.
package struct PolicyLevel: Sendable {
  /// As people name it: `platform`, `oem acme-oem`, `plan standard`, `tenant acme`.
  package let name: String
  package let limits: PolicyLimits
  /// Counts the changes; 0 when nothing was ever written.
  package let version: Int64
}

/// A node's own policy and everything above that it must stay within.
package struct NodePolicy: Sendable {
  package let node: OrgNode
  package let own: PolicyLevel
  /// From the nearest up to the platform.
  package let above: [PolicyLevel]

  /// What holds for the tenants at or below the node.
  package var effective: PolicyLimits { above.reduce(own.limits) { $0.tightened(by: $1.limits) } }

  /// Whose word is the tightest for `limit`: the highest of those that say the same.
  package func source(of limit: Limit) -> PolicyLevel? {
    ([own] + above).reversed().min { ($0.limits.bound(limit) ?? .max) < ($1.limits.bound(limit) ?? .max) }
  }
}

/// Reads and writes the policies of the org tree. A policy inherits from those above it and may only be tighter.
package struct Policies: Sendable {
  private let control: any ControlQueries
  private let registry: TenantRegistry
  private let ambient: Ambient

  package init(control: any ControlQueries, registry: TenantRegistry, ambient: Ambient) {
    self.control = control
    self.registry = registry
    self.ambient = ambient
  }

  package func policy(of node: OrgNode) async throws -> NodePolicy {
    let rows = try await control.run(
      """
      WITH RECURSIVE line (id, parent_id, kind, slug, height) AS (
        SELECT id, parent_id, kind, slug, 0 FROM control.org_node WHERE id = $1
        UNION ALL
        SELECT a.id, a.parent_id, a.kind, a.slug, line.height + 1
        FROM line JOIN control.org_node a ON a.id = line.parent_id)
      SELECT kind, slug, coalesce(p.limits, '{}')::text, coalesce(p.version, 0), height
      FROM line LEFT JOIN control.policy p ON p.node_id = line.id
      UNION ALL
      SELECT 'plan', t.policy_template, pt.limits::text, 0, line.height + 0.5
      FROM line JOIN control.tenant t ON t.id = line.id
        JOIN control.policy_template pt ON pt.name = t.policy_template
      ORDER BY 5
      """, [.id(node.id)])
    var levels = try rows.map { row in
      let (kind, slug) = (try row.text(0), try row.text(1))
      return PolicyLevel(
        name: kind == OrgNodeKind.platform.rawValue ? kind : "\(kind) \(slug)",
        limits: PolicyLimits(stored: try row.json(2)), version: try row.int(3))
    }
    guard !levels.isEmpty else { throw Refusal.notFound }
    let own = levels.removeFirst()
    return NodePolicy(node: node, own: own, above: levels)
  }

  /// Replaces the node's policy. Takes effect within the registry's memory, two seconds, in every process.
  ///
  /// - Parameter version: what the writer has seen.
  /// - Throws: `policy.loosened` with the ancestor that forbids each limit; `version.mismatch`; `policy.misplaced`.
  package func write(
    _ limits: PolicyLimits, of node: OrgNode, version: Int64, actor: Actor
  ) async throws -> NodePolicy {
    guard node.kind != .legalEntity else {
      throw Refusal(.policyMisplaced, "A policy is written for the platform, an OEM, a partner or a tenant.")
    }
    let known = try await policy(of: node)
    try Self.refuseLoosening(limits, instead: known.own.limits, within: known.above)
    let rows = try await PlatformAuditTrail(control: control, ambient: ambient).run(
      """
      INSERT INTO control.policy AS p (node_id, limits, updated_at, updated_by)
      SELECT $1::uuid, $2::jsonb, $3::timestamptz, $4::text
      WHERE $5::bigint = coalesce((SELECT version FROM control.policy WHERE node_id = $1::uuid), 0)
      ON CONFLICT (node_id) DO UPDATE SET limits = excluded.limits, version = p.version + 1,
        updated_at = excluded.updated_at, updated_by = excluded.updated_by
      WHERE p.version = $5::bigint
      RETURNING version
      """,
      [
        .id(node.id), .text(limits.json.text), .instant(ambient.now), .text(actor.description), .int(version),
      ], .policyChanged, subject: "\(node.kind.rawValue):\(node.id)",
      detail: ["from": known.own.limits.json, "to": limits.json], actor: actor)
    guard !rows.isEmpty else {
      throw Refusal(.versionMismatch, "The policy has changed meanwhile: read it again.")
    }
    if node.kind == .tenant { registry.forget(TenantID(node.id)) }
    return try await policy(of: node)
  }

  /// Sets what the node gets among its siblings while they want more than there is. Not a limit: it is not inherited.
  package func weigh(_ node: OrgNode, _ weight: Int, actor: Actor) async throws {
    guard [.oem, .partner, .tenant].contains(node.kind) else {
      throw Refusal(.policyMisplaced, "An OEM, a partner or a tenant has a weight among its siblings.")
    }
    guard (1...100).contains(weight) else {
      throw Refusal(.policyLimitOutOfRange, "A weight is from 1 to 100.", at: "/weight")
    }
    let known = try await control.run("SELECT weight FROM control.policy WHERE node_id = $1", [.id(node.id)])
    let before = try known.first?.int(0) ?? 1
    _ = try await PlatformAuditTrail(control: control, ambient: ambient).run(
      """
      INSERT INTO control.policy AS p (node_id, limits, weight, updated_at, updated_by)
      VALUES ($1::uuid, '{}', $2::int, $3::timestamptz, $4::text)
      ON CONFLICT (node_id) DO UPDATE SET weight = excluded.weight,
        updated_at = excluded.updated_at, updated_by = excluded.updated_by
      RETURNING version
      """,
      [.id(node.id), .int(Int64(weight)), .instant(ambient.now), .text(actor.description)], .policyChanged,
      subject: "\(node.kind.rawValue):\(node.id)",
      detail: ["from": ["weight": .int(before)], "to": ["weight": .int(weight)]], actor: actor)
    if node.kind == .tenant { registry.forget(TenantID(node.id)) }
  }

  /// Makes a plan or replaces its limits. Tenants that have it follow at once; those with a tighter policy of their own
  /// keep that.
  package func writePlan(_ name: String, _ limits: PolicyLimits, actor: Actor) async throws {
    try OrgTree.check(slug: name)
    let before = try await plan(name)
    _ = try await PlatformAuditTrail(control: control, ambient: ambient).run(
      """
      INSERT INTO control.policy_template (name, limits) VALUES ($1::text, $2::jsonb)
      ON CONFLICT (name) DO UPDATE SET limits = excluded.limits RETURNING name
      """, [.text(name), .text(limits.json.text)], .policyChanged, subject: "plan:\(name)",
      detail: ["from": before?.json ?? .null, "to": limits.json], actor: actor)
  }

  /// The limits of a plan.
  package func plan(_ name: String) async throws -> PolicyLimits? {
    try await control.run("SELECT limits::text FROM control.policy_template WHERE name = $1", [.text(name)]).first
      .map { PolicyLimits(stored: try $0.json(0)) }
  }

  /// Names the tightest ancestor that forbids each limit. What stands as it stood is no news, even if an ancestor has
  /// become tighter since.
  private static func refuseLoosening(
    _ limits: PolicyLimits, instead known: PolicyLimits, within above: [PolicyLevel]
  ) throws(Refusal) {
    let violations = limits.values.keys.sorted().compactMap { limit -> Violation? in
      let tightest = above.min { ($0.limits.bound(limit) ?? .max) < ($1.limits.bound(limit) ?? .max) }
      guard let tightest, let most = tightest.limits.bound(limit), let wanted = limits[limit], wanted > most,
        wanted != known[limit]
      else { return nil }
      return Violation(
        at: "/limits/\(limit.rawValue)", RefusalCode.policyLoosened.name,
        "The \(tightest.name) allows \(most) \(limit.unit); below it a limit can only be tighter.")
    }
    guard violations.isEmpty else {
      throw Refusal(
        .policyLoosened, "The policy would allow more than what stands above it.",
        violations: violations)
    }
  }
}
