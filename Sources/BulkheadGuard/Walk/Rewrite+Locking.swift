import BulkheadCore
import CPgQuery

/// FOR UPDATE and its kin. Locks reach tenants' tables only: a reference table is shared and read only, and a lock on
/// its rows would hold up everyone. On a tenant's table PostgreSQL asks for UPDATE on some column, whatever the
/// strength of the lock (SELECT, "The Locking Clause"), and tables that are only added to grant none.
extension Rewrite {
  func locking(_ select: PgQuery__SelectStmt) throws(Refusal) {
    for node in nodes(select.n_locking_clause, select.locking_clause) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_LOCKING_CLAUSE,
        let clause = node.pointee.locking_clause
      else { throw refusal(.statementUnclaimed, "locking clause") }
      try claim(clause)
      isReadOnly = false
      lockedRanges.note(clause)
      var names: Set<String>?
      for relation in nodes(clause.pointee.n_locked_rels, clause.pointee.locked_rels) {
        names = try (names ?? []).union([lockedName(relation)])
      }
      for item in nodes(select.n_from_clause, select.from_clause) { try checkLocked(item, names) }
    }
  }

  /// A name of `OF`: an alias of this query level, left as it is.
  private func lockedName(_ node: Node?) throws(Refusal) -> String {
    guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_RANGE_VAR, let range = node.pointee.range_var else {
      throw refusal(.statementUnclaimed, "locking clause")
    }
    try claim(range)
    let name = string(range.pointee.relname)
    guard range.pointee.alias == nil, scopes.innermost[name] != nil else {
      throw refusal(.statementUnclaimed, "locking clause names no range of its query")
    }
    return name
  }

  /// Refuses a reference table among the ranges called `names`, or among all when nil. A locking clause goes down into
  /// sub-selects, through every level, and not into WITH queries.
  private func checkLocked(_ item: Node?, _ names: Set<String>?) throws(Refusal) {
    guard let item else { return }
    switch item.pointee.node_case {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      guard let range = item.pointee.range_var else { return }
      let table = string(range.pointee.relname)
      let alias = range.pointee.alias.map { string($0.pointee.aliasname) } ?? table
      guard names?.contains(alias) ?? true, !scopes.hasWithQuery(table), catalog.tables[table] == .reference else {
        return
      }
      throw refusal(.statementTable, "the reference table \(table) cannot be locked")
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      guard let range = item.pointee.range_subselect else { return }
      let alias = range.pointee.alias.map { string($0.pointee.aliasname) } ?? ""
      guard names?.contains(alias) ?? true else { return }
      try checkLocked(select: range.pointee.subquery?.pointee.select_stmt)
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      guard let join = item.pointee.join_expr else { return }
      try deeper { () throws(Refusal) in
        try checkLocked(join.pointee.larg, names)
        try checkLocked(join.pointee.rarg, names)
      }
    default: return
    }
  }

  private func checkLocked(select: Pointer<PgQuery__SelectStmt>?) throws(Refusal) {
    guard let select else { return }
    try deeper { () throws(Refusal) in
      for item in nodes(select.pointee.n_from_clause, select.pointee.from_clause) { try checkLocked(item, nil) }
      try checkLocked(select: select.pointee.larg)
      try checkLocked(select: select.pointee.rarg)
    }
  }
}
