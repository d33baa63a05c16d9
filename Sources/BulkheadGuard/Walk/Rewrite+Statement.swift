import BulkheadCore
import CPgQuery

extension Rewrite {
  /// A whole statement.
  func statement(_ node: Node) throws(Refusal) {
    guard node.pointee.node_case == PG_QUERY__NODE__NODE_MERGE_STMT else { return try withable(node) }
    try merge(node.pointee.merge_stmt)
  }

  /// A statement that may also stand in a WITH clause. MERGE may not (PostgreSQL 15, "WITH Queries").
  private func withable(_ node: Node) throws(Refusal) {
    switch node.pointee.node_case {
    case PG_QUERY__NODE__NODE_SELECT_STMT: try select(node.pointee.select_stmt)
    case PG_QUERY__NODE__NODE_INSERT_STMT: try insert(node.pointee.insert_stmt)
    case PG_QUERY__NODE__NODE_UPDATE_STMT: try update(node.pointee.update_stmt)
    case PG_QUERY__NODE__NODE_DELETE_STMT: try delete(node.pointee.delete_stmt)
    default: throw unclaimed(node.pointee.node_case, in: "place of a statement")
    }
  }

  /// A sub-query that can only be a SELECT.
  func query(_ node: Node?) throws(Refusal) {
    guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_SELECT_STMT else {
      throw unclaimed(node?.pointee.node_case ?? PG_QUERY__NODE__NODE__NOT_SET, in: "place of a sub-query")
    }
    try select(node.pointee.select_stmt)
  }

  func select(_ statement: Pointer<PgQuery__SelectStmt>?) throws(Refusal) {
    guard let statement else { return }
    try claim(statement)
    try level { () throws(Refusal) in
      let select = statement.pointee
      try with(select.with_clause)
      try self.select(select.larg)
      try self.select(select.rarg)
      try from(select.n_from_clause, select.from_clause)
      try targets(select.n_target_list, select.target_list)
      try expressions(select.n_distinct_clause, select.distinct_clause)
      try expression(select.where_clause)
      try expressions(select.n_group_clause, select.group_clause)
      try expression(select.having_clause)
      try expressions(select.n_window_clause, select.window_clause)
      try expressions(select.n_values_lists, select.values_lists)
      try expressions(select.n_sort_clause, select.sort_clause)
      try expression(select.limit_offset)
      try expression(select.limit_count)
      try locking(select)
    }
  }

  /// WITH queries, in the order of the text. Each sees those before it; with RECURSIVE also itself and those after it
  /// (SELECT, "WITH Clause"). A WITH query hides a table of the same name, so the catalog's names are refused.
  func with(_ clause: Pointer<PgQuery__WithClause>?) throws(Refusal) {
    guard let clause else { return }
    try claim(clause)
    var queries: [Pointer<PgQuery__CommonTableExpr>] = []
    for node in nodes(clause.pointee.n_ctes, clause.pointee.ctes) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR,
        let query = node.pointee.common_table_expr
      else { throw refusal(.statementUnclaimed, "WITH") }
      try checkWithQuery(query)
      queries.append(query)
    }
    let isRecursive = clause.pointee.recursive != 0
    if isRecursive { for query in queries { scopes.declareWithQuery(string(query.pointee.ctename)) } }
    for query in queries {
      guard let body = query.pointee.ctequery else { throw refusal(.statementUnclaimed, "WITH") }
      try level { () throws(Refusal) in try withable(body) }
      scopes.declareWithQuery(string(query.pointee.ctename))
    }
  }

  private func checkWithQuery(_ query: Pointer<PgQuery__CommonTableExpr>) throws(Refusal) {
    try claim(query)
    try names(query.pointee.n_aliascolnames, query.pointee.aliascolnames)
    let name = string(query.pointee.ctename)
    guard catalog.tables[name] == nil, !name.hasPrefix("pg_") else {
      throw refusal(.statementTable, "WITH query \(name) is called like a table")
    }
  }
}
