import BulkheadCore
import BulkheadData

extension RefusalCode {
  package static let orgParentUnknown = RefusalCode("org.parentUnknown", .invalid)
  package static let orgNameAmbiguous = RefusalCode("org.nameAmbiguous", .invalid)
  package static let orgKindMisplaced = RefusalCode("org.kindMisplaced", .invalid)
  package static let slugInvalid = RefusalCode("slug.invalid", .invalid)
}

/// One node of `platform > OEM > partner > tenant > legal entity`.
package struct OrgNode: Sendable {
  package let id: EntityID
  package let parent: EntityID?
  package let kind: OrgNodeKind
  package let slug: String
  package let name: String
}

/// The org tree in the control database.
package struct OrgTree: Sendable {
  private let control: any ControlQueries
  private let ambient: Ambient

  package init(control: any ControlQueries, ambient: Ambient) {
    self.control = control
    self.ambient = ambient
  }

  /// The node that stands for the platform itself; made when missing.
  package func platform() async throws -> OrgNode {
    _ = try await control.run(
      """
      INSERT INTO control.org_node (id, parent_id, kind, slug, name)
      VALUES ($1, NULL, 'platform', 'platform', 'Platform')
      ON CONFLICT DO NOTHING
      """, [.id(ambient.makeID())])
    let rows = try await control.run("\(Self.select) WHERE kind = 'platform'", [])
    guard let row = rows.first else { throw Refusal(.internalFault, "An internal error occurred.") }
    return try Self.node(row)
  }

  /// The node called `slug` below `parent`; made when missing. The same slug with another kind is refused.
  package func ensure(
    _ kind: OrgNodeKind, slug: String, name: String, below parent: OrgNode, id: EntityID? = nil
  ) async throws -> OrgNode {
    try Self.check(slug: slug)
    guard parent.kind.children.contains(kind) else {
      throw Refusal(
        .orgKindMisplaced, "A \(kind.rawValue) cannot stand below a \(parent.kind.rawValue).", at: "/parent")
    }
    _ = try await control.run(
      """
      INSERT INTO control.org_node (id, parent_id, kind, slug, name) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
      """, [.id(id ?? ambient.makeID()), .id(parent.id), .text(kind.rawValue), .text(slug), .text(name)])
    let rows = try await control.run(
      "\(Self.select) WHERE parent_id = $1 AND slug = $2", [.id(parent.id), .text(slug)])
    guard let row = rows.first else { throw Refusal(.internalFault, "An internal error occurred.") }
    let node = try Self.node(row)
    guard node.kind == kind else {
      throw Refusal(.orgKindMisplaced, "\(slug) is a \(node.kind.rawValue) already.", at: "/slug")
    }
    return node
  }

  /// Follows slugs downwards from the platform: `acme-oem/north`. Empty is the platform.
  package func node(path: String) async throws -> OrgNode {
    var node = try await platform()
    for (depth, slug) in path.split(separator: "/").enumerated() {
      guard depth < 8 else { break }
      let rows = try await control.run(
        "\(Self.select) WHERE parent_id = $1 AND slug = $2", [.id(node.id), .text(String(slug))])
      guard let row = rows.first else {
        throw Refusal(.orgParentUnknown, "There is no org node at \(path).", at: "/parent")
      }
      node = try Self.node(row)
    }
    return node
  }

  /// The node that `name` stands for: empty or `platform`, a path of slugs, or the slug of a tenant wherever it stands.
  package func node(named name: String) async throws -> OrgNode {
    if name.isEmpty || name == OrgNodeKind.platform.rawValue { return try await platform() }
    let rows = try await control.run(
      "\(Self.select) WHERE kind = 'tenant' AND id = (SELECT id FROM control.tenant WHERE slug = $1)", [.text(name)])
    let tenant = try rows.first.map { try Self.node($0) }
    do {
      let found = try await node(path: name)
      guard let tenant, tenant.id != found.id else { return found }
      throw Refusal(
        .orgNameAmbiguous, "\(name) is a tenant's slug and the path of another node: name the tenant by its whole path."
      )
    } catch let refusal as Refusal where refusal.code == .orgParentUnknown {
      guard let tenant else { throw refusal }
      return tenant
    }
  }

  /// The node of a tenant.
  package func node(of tenant: TenantID) async throws -> OrgNode {
    let rows = try await control.run("\(Self.select) WHERE kind = 'tenant' AND id = $1", [.id(tenant.id)])
    guard let row = rows.first else { throw Refusal.notFound }
    return try Self.node(row)
  }

  package static func check(slug: String) throws(Refusal) {
    let isGood = slug.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "-"): index > 0 && index < slug.utf8.count - 1
      default: false
      }
    }
    guard isGood, (1...63).contains(slug.utf8.count) else {
      throw Refusal(
        .slugInvalid, "A slug has 1 to 63 lower-case letters, digits and inner hyphens.", at: "/slug")
    }
  }

  private static let select = "SELECT id, parent_id, kind, slug, name FROM control.org_node"

  private static func node(_ row: Row) throws -> OrgNode {
    guard let kind = OrgNodeKind(rawValue: try row.text(2)) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "kind of an org node")
    }
    return OrgNode(
      id: try row.id(0), parent: row.idOrNil(1), kind: kind, slug: try row.text(3), name: try row.text(4))
  }
}
