import BulkheadCore
import CPgQuery

extension Rewrite {
  /// The items of FROM or USING: first all names become visible, then each is checked and narrowed.
  func from(_ count: Int, _ items: Pointer<Node?>?) throws(Refusal) {
    for node in nodes(count, items) { try declare(node) }
    for node in nodes(count, items) { try range(node) }
  }

  /// The one item of MERGE's USING.
  func from(item: Node?) throws(Refusal) {
    try declare(item)
    try range(item)
  }

  private func declare(_ node: Node?) throws(Refusal) {
    guard let node else { return }
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      guard let table = node.pointee.range_var else { return }
      let name = string(table.pointee.relname)
      scopes.declare(table.pointee.alias.map { string($0.pointee.aliasname) } ?? name, kind(ofTable: name))
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      guard let alias = node.pointee.range_subselect?.pointee.alias else { return }
      scopes.declare(string(alias.pointee.aliasname), .query)
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
      guard let function = node.pointee.range_function else { return }
      try declareFunction(function)
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      guard let join = node.pointee.join_expr else { return }
      try deeper { () throws(Refusal) in
        try declare(join.pointee.larg)
        try declare(join.pointee.rarg)
      }
    default: throw unclaimed(node.pointee.node_case, in: "FROM")
    }
  }

  private func kind(ofTable name: String) -> Scope.Range {
    switch catalog.tables[name] {
    case .tenant: .table
    case .reference: .reference
    case nil: .query
    }
  }

  private func range(_ node: Node?) throws(Refusal) {
    guard let node else { return }
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_RANGE_VAR: try table(node)
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT: try subselect(node.pointee.range_subselect)
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION: try rangeFunction(node.pointee.range_function)
    case PG_QUERY__NODE__NODE_JOIN_EXPR: try join(node.pointee.join_expr)
    default: throw unclaimed(node.pointee.node_case, in: "FROM")
    }
  }

  private func table(_ node: Node) throws(Refusal) {
    guard let range = node.pointee.range_var else { return }
    let name = try tableName(range)
    if scopes.hasWithQuery(name) { return try columnNames(range.pointee.alias) }
    switch catalog.tables[name] {
    case .tenant:
      let alias = try tableAlias(range.pointee.alias) ?? name
      tables.insert(name)
      try qualify(range)
      guard let predicate = try tenantPredicate(alias) else { return }
      try TreeBuilder.narrow(node, to: predicate, alias: TreeBuilder.alias(alias))
    case .reference:
      _ = try tableAlias(range.pointee.alias)
      tables.insert(name)
      try qualify(range)
    case nil:
      guard !rules.contains(.tables) else { throw unknownTable(name) }
    }
  }

  /// The name of a table that is named without a schema and with all that inherits from it (no ONLY).
  func tableName(_ range: Pointer<PgQuery__RangeVar>) throws(Refusal) -> String {
    let name = string(range.pointee.relname)
    let schema = string(range.pointee.schemaname)
    guard rules.contains(.tables) else { return name }
    if schema.hasPrefix("pg_") || schema == "information_schema" {
      throw refusal(.statementCatalog, "\(schema).\(name)")
    }
    guard schema.isEmpty, string(range.pointee.catalogname).isEmpty else {
      throw refusal(.statementTable, "\(name) is named with a schema")
    }
    try claim(range)
    guard range.pointee.inh != 0, string(range.pointee.relpersistence) == "p" else {
      throw refusal(.statementUnclaimed, "ONLY or a temporary table")
    }
    return name
  }

  func unknownTable(_ name: String) -> Refusal {
    name.hasPrefix("pg_") ? refusal(.statementCatalog, name) : refusal(.statementTable, "\(name) is not in the catalog")
  }

  /// The alias of a table. Renamed columns are refused: `AS t (x)` would make the tenant's column `x`.
  func tableAlias(_ alias: Pointer<PgQuery__Alias>?) throws(Refusal) -> String? {
    guard let alias else { return nil }
    try claim(alias)
    guard alias.pointee.n_colnames == 0 || !rules.contains(.columns) else {
      throw refusal(.statementTenantColumn, "columns of a table renamed by their position")
    }
    return string(alias.pointee.aliasname)
  }

  /// The alias of something whose columns are all named.
  private func columnNames(_ alias: Pointer<PgQuery__Alias>?) throws(Refusal) {
    guard let alias else { return }
    try claim(alias)
    try names(alias.pointee.n_colnames, alias.pointee.colnames)
  }

  private func subselect(_ range: Pointer<PgQuery__RangeSubselect>?) throws(Refusal) {
    guard let range else { return }
    try claim(range)
    try columnNames(range.pointee.alias)
    try query(range.pointee.subquery)
  }

  /// NATURAL is not claimed: it would silently join on the tenant's column and on any that is added later.
  private func join(_ join: Pointer<PgQuery__JoinExpr>?) throws(Refusal) {
    guard let join else { return }
    try claim(join)
    try deeper { () throws(Refusal) in
      try range(join.pointee.larg)
      try range(join.pointee.rarg)
      try names(join.pointee.n_using_clause, join.pointee.using_clause)
      try expression(join.pointee.quals)
    }
  }
}
