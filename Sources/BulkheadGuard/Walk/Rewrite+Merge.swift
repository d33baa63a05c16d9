import BulkheadCore
import CPgQuery

/// MERGE: `source LEFT JOIN target ON …`, whose rows choose among the WHEN clauses.
///
/// The target's predicate is added to ON and nowhere else. In a WHEN clause it would come too late: another tenant's
/// row would already have matched, and WHEN NOT MATCHED would not insert what it inserts when the tenant is alone. A
/// row of the source without a partner *among the tenant's rows* is what NOT MATCHED means there, and ON says so.
/// Row security's own conditions on the target are applied where it is scanned, below that join, and so agree.
extension Rewrite {
  func merge(_ statement: Pointer<PgQuery__MergeStmt>?) throws(Refusal) {
    guard let statement else { return }
    try claim(statement)
    isReadOnly = false
    try level { () throws(Refusal) in
      let merge = statement.pointee
      try with(merge.with_clause)
      let name = try target(merge.relation)
      try from(item: merge.source_relation)
      guard let on = merge.join_condition else { throw refusal(.statementUnclaimed, "MERGE without ON") }
      try expression(on)
      for node in nodes(merge.n_merge_when_clauses, merge.merge_when_clauses) { try whenClause(node) }
      if let predicate = try tenantPredicate(name) {
        statement.pointee.join_condition = try TreeBuilder.conjunction(on, predicate)
      }
    }
  }

  /// `WHEN [NOT] MATCHED [AND condition] THEN` UPDATE, DELETE, INSERT or DO NOTHING. A new row's tenant comes from the
  /// column's default, as in any INSERT; the columns are listed, so that none is written by its position.
  private func whenClause(_ node: Node?) throws(Refusal) {
    guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_MERGE_WHEN_CLAUSE,
      let clause = node.pointee.merge_when_clause
    else { throw refusal(.statementUnclaimed, "clause of MERGE") }
    try claim(clause)
    switch clause.pointee.command_type {
    case PG_QUERY__CMD_TYPE__CMD_INSERT:
      guard clause.pointee.n_target_list > 0 else {
        throw refusal(.statementUnclaimed, "INSERT without a list of columns")
      }
      guard clause.pointee.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_NOT_SET else {
        throw refusal(.statementUnclaimed, "MergeWhenClause.override")
      }
    case PG_QUERY__CMD_TYPE__CMD_UPDATE, PG_QUERY__CMD_TYPE__CMD_DELETE, PG_QUERY__CMD_TYPE__CMD_NOTHING: break
    default: throw refusal(.statementUnclaimed, "action of MERGE")
    }
    try expression(clause.pointee.condition)
    try assignments(clause.pointee.n_target_list, clause.pointee.target_list)
    try expressions(clause.pointee.n_values, clause.pointee.values)
  }
}
