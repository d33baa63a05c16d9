import BulkheadCore
import CPgQuery

extension TreeBuilder {
  /// Turns the table in `node` into `(SELECT * FROM schema.table AS alias WHERE predicate) AS alias`, in place.
  ///
  /// A sub-select instead of a condition in the outer WHERE: it means the same under outer joins, and it cannot be
  /// defeated by an OR beside it. The planner pulls it up, so plans are those of a hand-written condition; a locking
  /// clause outside reaches the table through it (SELECT, "The Locking Clause").
  /// The alias stays inside as well, so that EXPLAIN shows the statement's own names.
  static func narrow(_ node: Node, to predicate: Node, alias: Pointer<PgQuery__Alias>) throws(Refusal) {
    let target = try allocated(PgQuery__ResTarget.self)
    pg_query__res_target__init(target)
    target.pointee.val = try star()
    let targetNode = try TreeBuilder.node(PG_QUERY__NODE__NODE_RES_TARGET)
    targetNode.pointee.res_target = target

    let range = try TreeBuilder.node(PG_QUERY__NODE__NODE_RANGE_VAR)
    range.pointee.range_var = node.pointee.range_var

    let select = try allocated(PgQuery__SelectStmt.self)
    pg_query__select_stmt__init(select)
    select.pointee.target_list = try list(targetNode)
    select.pointee.n_target_list = 1
    select.pointee.from_clause = try list(range)
    select.pointee.n_from_clause = 1
    select.pointee.where_clause = predicate
    select.pointee.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT
    select.pointee.op = PG_QUERY__SET_OPERATION__SETOP_NONE
    let selectNode = try TreeBuilder.node(PG_QUERY__NODE__NODE_SELECT_STMT)
    selectNode.pointee.select_stmt = select

    let subselect = try allocated(PgQuery__RangeSubselect.self)
    pg_query__range_subselect__init(subselect)
    subselect.pointee.subquery = selectNode
    subselect.pointee.alias = alias
    node.pointee.node_case = PG_QUERY__NODE__NODE_RANGE_SUBSELECT
    node.pointee.range_subselect = subselect
  }

  static func alias(_ name: String) throws(Refusal) -> Pointer<PgQuery__Alias> {
    let alias = try allocated(PgQuery__Alias.self)
    pg_query__alias__init(alias)
    alias.pointee.aliasname = try text(name)
    return alias
  }

  /// `*`
  private static func star() throws(Refusal) -> Node {
    let star = try allocated(PgQuery__AStar.self)
    pg_query__a__star__init(star)
    let starNode = try node(PG_QUERY__NODE__NODE_A_STAR)
    starNode.pointee.a_star = star
    let reference = try allocated(PgQuery__ColumnRef.self)
    pg_query__column_ref__init(reference)
    reference.pointee.fields = try list(starNode)
    reference.pointee.n_fields = 1
    let referenceNode = try node(PG_QUERY__NODE__NODE_COLUMN_REF)
    referenceNode.pointee.column_ref = reference
    return referenceNode
  }
}
