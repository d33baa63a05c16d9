/// What statements may name: the tables of the modules, and functions.
package struct GuardCatalog: Sendable {
  package enum TableKind: Sendable, Hashable {
    /// Leads with `tenant_id`; every range is narrowed to one tenant.
    case tenant
    /// Shared and read only, without a tenant's column: currencies, units. SELECT alone.
    case reference
  }

  let tables: [String: TableKind]
  let functions: Set<String>

  /// `tables` by unqualified name. `functions` replaces the allow-list and should extend `harmlessFunctions`.
  package init(tables: [String: TableKind], functions: Set<String> = GuardCatalog.harmlessFunctions) {
    self.tables = tables
    self.functions = functions
  }

  /// The column that leads every tenant's table. It is added by the guard and may not be named by anyone.
  package static let tenantColumn = "tenant_id"

  /// Readable on every table, and tellers of what other tenants do: physical order, transaction rate (ISOLATION 26).
  static let systemColumns: Set<String> = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"]
}
