import BulkheadCore
import CPgQuery

extension Rewrite {
  /// The tenant of a new row comes from the column's default inside PostgreSQL, and is checked by row security.
  func insert(_ statement: Pointer<PgQuery__InsertStmt>?) throws(Refusal) {
    guard let statement else { return }
    try claim(statement)
    isReadOnly = false
    let insert = statement.pointee
    guard insert.n_cols > 0 else { throw refusal(.statementUnclaimed, "INSERT without a list of columns") }
    guard insert.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_NOT_SET else {
      throw refusal(.statementUnclaimed, "InsertStmt.override")
    }
    try level { () throws(Refusal) in
      try with(insert.with_clause)
      try query(insert.select_stmt)
      let name = try target(insert.relation)
      try assignments(insert.n_cols, insert.cols)
      try onConflict(insert.on_conflict_clause, target: name)
      try targets(insert.n_returning_list, insert.returning_list)
    }
  }

  func update(_ statement: Pointer<PgQuery__UpdateStmt>?) throws(Refusal) {
    guard let statement else { return }
    try claim(statement)
    isReadOnly = false
    try level { () throws(Refusal) in
      let update = statement.pointee
      try with(update.with_clause)
      let name = try target(update.relation)
      try from(update.n_from_clause, update.from_clause)
      try assignments(update.n_target_list, update.target_list)
      try expression(update.where_clause)
      try targets(update.n_returning_list, update.returning_list)
      if let predicate = try tenantPredicate(name) {
        statement.pointee.where_clause = try TreeBuilder.conjunction(update.where_clause, predicate)
      }
    }
  }

  func delete(_ statement: Pointer<PgQuery__DeleteStmt>?) throws(Refusal) {
    guard let statement else { return }
    try claim(statement)
    isReadOnly = false
    try level { () throws(Refusal) in
      let delete = statement.pointee
      try with(delete.with_clause)
      let name = try target(delete.relation)
      try from(delete.n_using_clause, delete.using_clause)
      try expression(delete.where_clause)
      try targets(delete.n_returning_list, delete.returning_list)
      if let predicate = try tenantPredicate(name) {
        statement.pointee.where_clause = try TreeBuilder.conjunction(delete.where_clause, predicate)
      }
    }
  }

  /// The table that is written to: a tenant's table, qualified in place. WITH queries cannot be targets. Returns the
  /// name by which the statement knows it.
  func target(_ range: Pointer<PgQuery__RangeVar>?) throws(Refusal) -> String {
    guard let range else { throw refusal(.statementUnclaimed, "statement without a target") }
    let name = try tableName(range)
    switch catalog.tables[name] {
    case .tenant: break
    case .reference: throw refusal(.statementTable, "\(name) is read only")
    case nil:
      guard !rules.contains(.tables) else { throw unknownTable(name) }
      return name
    }
    tables.insert(name)
    try qualify(range)
    let alias = try tableAlias(range.pointee.alias) ?? name
    scopes.declare(alias, .table)
    return alias
  }

  /// The columns that are written, and with what.
  func assignments(_ count: Int, _ list: Pointer<Node?>?) throws(Refusal) {
    for node in nodes(count, list) {
      let target = try resultTarget(node)
      guard let value = target.pointee.val else { continue }
      guard value.pointee.node_case == PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF,
        let reference = value.pointee.multi_assign_ref
      else {
        try expression(value)
        continue
      }
      try claim(reference)
      // `(a, b) = (…)`: the parser repeats the right side for each column, and it is written back once.
      let written = qualifications
      try expression(reference.pointee.source)
      if reference.pointee.colno > 1 { qualifications = written }
    }
  }

  /// Every unique key leads with the tenant, so the inferred one does. A constraint named by ON CONSTRAINT does too.
  private func onConflict(_ clause: Pointer<PgQuery__OnConflictClause>?, target: String) throws(Refusal) {
    guard let clause else { return }
    try claim(clause)
    scopes.declare("excluded", .table)
    try infer(clause.pointee.infer)
    try assignments(clause.pointee.n_target_list, clause.pointee.target_list)
    try expression(clause.pointee.where_clause)
    if clause.pointee.action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE,
      let predicate = try tenantPredicate(target)
    {
      clause.pointee.where_clause = try TreeBuilder.conjunction(clause.pointee.where_clause, predicate)
    }
  }

  private func infer(_ clause: Pointer<PgQuery__InferClause>?) throws(Refusal) {
    guard let clause else { return }
    try claim(clause)
    for node in nodes(clause.pointee.n_index_elems, clause.pointee.index_elems) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_INDEX_ELEM, let element = node.pointee.index_elem
      else { throw refusal(.statementUnclaimed, "conflict target") }
      try claim(element)
      try expression(element.pointee.expr)
    }
    try expression(clause.pointee.where_clause)
    guard clause.pointee.n_index_elems > 0, rules.contains(.tenantPredicate) else { return }
    clause.pointee.index_elems = try TreeBuilder.prepending(
      TreeBuilder.indexElement(GuardCatalog.tenantColumn), to: clause.pointee.index_elems,
      count: clause.pointee.n_index_elems)
    clause.pointee.n_index_elems += 1
  }
}
