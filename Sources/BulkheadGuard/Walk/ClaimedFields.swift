import BulkheadCore
import CPgQuery

/// The fields that a rule looks at, for every message that may stand in a statement. A field that is not listed must
/// be unset: a new clause of the grammar is refused until someone claims it here and in the walk.
enum ClaimedFields {
  static let byMessage: [String: Set<String>] = statements.merging(ranges) { $1 }.merging(expressions) { $1 }

  private static let statements: [String: Set<String>] = [
    "SelectStmt": [
      "distinct_clause", "target_list", "from_clause", "where_clause", "group_clause", "group_distinct",
      "having_clause", "window_clause", "values_lists", "sort_clause", "limit_offset", "limit_count", "limit_option",
      "locking_clause", "with_clause", "op", "all", "larg", "rarg",
    ],
    "InsertStmt": [
      "relation", "cols", "select_stmt", "on_conflict_clause", "returning_list", "with_clause", "override",
    ],
    "UpdateStmt": ["relation", "target_list", "where_clause", "from_clause", "returning_list", "with_clause"],
    "DeleteStmt": ["relation", "using_clause", "where_clause", "returning_list", "with_clause"],
    "MergeStmt": ["relation", "source_relation", "join_condition", "merge_when_clauses", "with_clause"],
    "MergeWhenClause": ["matched", "command_type", "override", "condition", "target_list", "values"],
    "WithClause": ["ctes", "recursive"],
    "CommonTableExpr": ["ctename", "aliascolnames", "ctematerialized", "ctequery"],
    "OnConflictClause": ["action", "infer", "target_list", "where_clause"],
    "InferClause": ["index_elems", "where_clause", "conname"],
    "IndexElem": ["name", "expr", "ordering", "nulls_ordering"],
    "LockingClause": ["locked_rels", "strength", "wait_policy"],
    "ResTarget": ["name", "val"],
    "MultiAssignRef": ["source", "colno", "ncolumns"],
  ]

  private static let ranges: [String: Set<String>] = [
    "RangeVar": ["relname", "inh", "relpersistence", "alias"],
    "RangeSubselect": ["lateral", "subquery", "alias"],
    "RangeFunction": ["lateral", "ordinality", "functions", "alias", "coldeflist"],
    "ColumnDef": ["colname", "type_name", "is_local"],
    "JoinExpr": ["jointype", "larg", "rarg", "using_clause", "quals"],
    "Alias": ["aliasname", "colnames"],
  ]

  private static let expressions: [String: Set<String>] = [
    "AArrayExpr": ["elements"],
    "AConst": ["ival", "fval", "boolval", "sval", "bsval", "isnull"],
    "AExpr": ["kind", "name", "lexpr", "rexpr"],
    "AIndices": ["is_slice", "lidx", "uidx"],
    "AIndirection": ["arg", "indirection"],
    "BoolExpr": ["boolop", "args"],
    "BooleanTest": ["arg", "booltesttype"],
    "CaseExpr": ["arg", "args", "defresult"],
    "CaseWhen": ["expr", "result"],
    "CoalesceExpr": ["args"],
    "ColumnRef": ["fields"],
    "FuncCall": [
      "funcname", "args", "agg_order", "agg_filter", "over", "agg_within_group", "agg_star", "agg_distinct",
      "func_variadic", "funcformat",
    ],
    "GroupingFunc": ["args"],
    "GroupingSet": ["kind", "content"],
    "Integer": ["ival"],
    "List": ["items"],
    "MinMaxExpr": ["op", "args"],
    "NamedArgExpr": ["arg", "name", "argnumber"],
    "NullTest": ["arg", "nulltesttype"],
    "ParamRef": ["number"],
    "RowExpr": ["args", "row_format"],
    "SetToDefault": [],
    "SortBy": ["node", "sortby_dir", "sortby_nulls"],
    "SQLValueFunction": ["op", "typmod"],
    "String": ["sval"],
    "SubLink": ["sub_link_type", "testexpr", "oper_name", "subselect"],
    "TypeCast": ["arg", "type_name"],
    "TypeName": ["names", "typmods", "typemod", "array_bounds"],
    "WindowDef": [
      "name", "refname", "partition_clause", "order_clause", "frame_options", "start_offset", "end_offset",
    ],
  ]
}
