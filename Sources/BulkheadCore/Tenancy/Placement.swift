/// How strongly a tenant's data is set apart. The table shapes are the same in every tier.
public enum Tier: String, Sendable, CaseIterable {
  /// Shared tables in the cell's pooled schema.
  case pooled
  /// Own schema and own login role in the cell's database.
  case schema
  /// Own database, on the dedicated cell when one is configured.
  case dedicated
}

/// Where one tenant's data lives: cell, tier and the epoch that fences moves.
///
/// The epoch rises with every move; a bind that names an old epoch is refused inside PostgreSQL.
public struct Placement: Hashable, Sendable {
  public let tenant: TenantID
  /// Name of the PostgreSQL cluster.
  public let cell: String
  public let tier: Tier
  public let database: String
  /// The schema that every table name is qualified with; opaque for the schema tier.
  public let schema: String
  /// The login role of this placement's connections; opaque except for the shared pool.
  public let role: String
  public let epoch: Int32

  public init(
    tenant: TenantID, cell: String, tier: Tier, database: String, schema: String, role: String, epoch: Int32
  ) {
    self.tenant = tenant
    self.cell = cell
    self.tier = tier
    self.database = database
    self.schema = schema
    self.role = role
    self.epoch = epoch
  }
}

/// Life of a tenant in the registry.
public enum TenantStatus: String, Sendable, CaseIterable {
  /// Being created; requests are refused as if the tenant did not exist.
  case provisioning
  case active
  /// Refuses every request of its own users; data stays.
  case suspended
}

/// A node of the org tree. Policy set on a node may only be tightened below it.
public enum OrgNodeKind: String, Sendable, CaseIterable {
  case platform
  case oem
  case partner
  case tenant
  case legalEntity = "legal_entity"

  /// What may stand directly below a node of this kind.
  public var children: [OrgNodeKind] {
    switch self {
    case .platform: [.oem, .partner, .tenant]
    case .oem: [.partner, .tenant]
    case .partner: [.tenant]
    case .tenant: [.legalEntity]
    case .legalEntity: []
    }
  }
}
