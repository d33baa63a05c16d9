import CPgQuery

/// Where a kind of node may stand. Total over the grammar: what is not listed is refused.
enum NodeClaim {
  /// A whole statement, at the top or in a WITH clause; SELECT also wherever a sub-query may stand.
  case statement
  /// An item of FROM, JOIN or USING.
  case range
  /// Part of an expression or of a list of expressions.
  case expression
  /// Claimed only by the parent that expects it there.
  case part
  case refused

  init(of kind: NodeKind) {
    self =
      switch kind {
      case PG_QUERY__NODE__NODE_SELECT_STMT, PG_QUERY__NODE__NODE_INSERT_STMT, PG_QUERY__NODE__NODE_UPDATE_STMT,
        PG_QUERY__NODE__NODE_DELETE_STMT, PG_QUERY__NODE__NODE_MERGE_STMT:
        .statement
      case PG_QUERY__NODE__NODE_RANGE_VAR, PG_QUERY__NODE__NODE_RANGE_SUBSELECT, PG_QUERY__NODE__NODE_RANGE_FUNCTION,
        PG_QUERY__NODE__NODE_JOIN_EXPR:
        .range
      case PG_QUERY__NODE__NODE_A_ARRAY_EXPR, PG_QUERY__NODE__NODE_A_CONST, PG_QUERY__NODE__NODE_A_EXPR,
        PG_QUERY__NODE__NODE_A_INDIRECTION, PG_QUERY__NODE__NODE_BOOL_EXPR, PG_QUERY__NODE__NODE_BOOLEAN_TEST,
        PG_QUERY__NODE__NODE_CASE_EXPR, PG_QUERY__NODE__NODE_CASE_WHEN, PG_QUERY__NODE__NODE_COALESCE_EXPR,
        PG_QUERY__NODE__NODE_COLUMN_REF, PG_QUERY__NODE__NODE_FUNC_CALL, PG_QUERY__NODE__NODE_GROUPING_FUNC,
        PG_QUERY__NODE__NODE_GROUPING_SET, PG_QUERY__NODE__NODE_LIST, PG_QUERY__NODE__NODE_MIN_MAX_EXPR,
        PG_QUERY__NODE__NODE_NAMED_ARG_EXPR, PG_QUERY__NODE__NODE_NULL_TEST, PG_QUERY__NODE__NODE_PARAM_REF,
        PG_QUERY__NODE__NODE_ROW_EXPR, PG_QUERY__NODE__NODE_SET_TO_DEFAULT, PG_QUERY__NODE__NODE_SORT_BY,
        PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION, PG_QUERY__NODE__NODE_SUB_LINK, PG_QUERY__NODE__NODE_TYPE_CAST,
        PG_QUERY__NODE__NODE_WINDOW_DEF:
        .expression
      case PG_QUERY__NODE__NODE_A_INDICES, PG_QUERY__NODE__NODE_COLUMN_DEF, PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR,
        PG_QUERY__NODE__NODE_INDEX_ELEM, PG_QUERY__NODE__NODE_INTEGER, PG_QUERY__NODE__NODE_LOCKING_CLAUSE,
        PG_QUERY__NODE__NODE_MERGE_WHEN_CLAUSE,
        PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF, PG_QUERY__NODE__NODE_RES_TARGET, PG_QUERY__NODE__NODE_STRING:
        .part
      default:
        .refused
      }
  }
}
