/// Tells tables apart by their tenant column and their foreign keys.
enum StandingRule {
  /// - Parameters:
  ///   - references: pairs of table oids: from, to.
  ///   - root: the table of tenants, when one was found.
  static func standings(
    of tables: [Model.Table], references: [(from: String, to: String)], root: String?, assumesReach: Bool
  ) -> [(table: Model.Table, standing: Model.Standing)] {
    var tenantData = Set(tables.filter { $0.tenantColumn != nil }.map(\.oid))
    if let root { tenantData.insert(root) }
    // A table that the tenants' own table refers to (a plan, a country) is no tenant data.
    var grown = true
    while grown {
      grown = false
      for (from, to) in references where from != root && tenantData.contains(to) && !tenantData.contains(from) {
        tenantData.insert(from)
        grown = true
      }
    }
    return tables.map { table in
      let standing: Model.Standing =
        if !table.isReached && !assumesReach {
          .closed
        } else if table.oid == root && table.tenantColumn == nil {
          .root
        } else if table.tenantColumn != nil {
          .tenant
        } else {
          tenantData.contains(table.oid) ? .child : .reference
        }
      return (table, standing)
    }
  }
}
