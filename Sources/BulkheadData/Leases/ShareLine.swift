import BulkheadCore

/// A tenant's place among those that share the database: the nodes of the org tree from just below the platform down to
/// the tenant itself, each with its weight among its siblings.
package struct ShareLine: Hashable, Sendable {
  package struct Node: Hashable, Sendable {
    package let id: EntityID
    /// At least 1. A node of weight 2 gets twice what its sibling of weight 1 gets, while both want more than that.
    package let weight: Int64

    package init(id: EntityID, weight: Int64) {
      self.id = id
      self.weight = max(1, weight)
    }
  }

  package let tenant: TenantID
  /// The last one is the tenant.
  package let nodes: [Node]

  /// - Parameter above: the nodes between the platform and the tenant, from the top.
  package init(tenant: TenantID, weight: Int64 = 1, above: [Node] = []) {
    self.tenant = tenant
    nodes = above + [Node(id: tenant.id, weight: weight)]
  }
}
