import BulkheadCore
import CPgQuery

/// Functions in FROM. Their columns must be known by name, because PostgreSQL reads `range.name` as the call
/// `name(range)` when there is no such column: `SELECT x.current_setting FROM unnest($1) AS x` runs `current_setting`.
extension Rewrite {
  func declareFunction(_ range: Pointer<PgQuery__RangeFunction>) throws(Refusal) {
    let (call, name) = try calledFunction(range)
    let alias = range.pointee.alias
    let rangeName = alias.map { string($0.pointee.aliasname) } ?? name
    let renamed =
      try alias.map { alias throws(Refusal) in try names(alias.pointee.n_colnames, alias.pointee.colnames) } ?? []
    guard call.pointee.n_args < 2 || name != "unnest" || renamed.count >= call.pointee.n_args else {
      throw refusal(.statementFunction, "unnest of several arrays needs a name for each column")
    }
    var columns: [String]
    switch GuardCatalog.rangeFunctions[name] {
    case .alias: columns = [rangeName]
    case .named(let fixed): columns = fixed
    case .listed: columns = []
    case nil:
      guard !rules.contains(.functions) else { throw refusal(.statementFunction, "\(name) in FROM") }
      columns = [rangeName]
    }
    if range.pointee.n_coldeflist > 0 { columns = try listedColumns(range) }
    if range.pointee.ordinality != 0 { columns.append("ordinality") }
    // The names in the alias replace the first columns.
    columns = renamed + columns.dropFirst(renamed.count)
    scopes.declare(rangeName, .function(columns: Set(columns)))
  }

  func rangeFunction(_ range: Pointer<PgQuery__RangeFunction>?) throws(Refusal) {
    guard let range else { return }
    try claim(range)
    if let alias = range.pointee.alias { try claim(alias) }
    let (call, _) = try calledFunction(range)
    try function(call)
  }

  /// The one function of the range: a list of the call and its column definitions, which the grammar leaves empty.
  private func calledFunction(
    _ range: Pointer<PgQuery__RangeFunction>
  ) throws(Refusal) -> (Pointer<PgQuery__FuncCall>, name: String) {
    guard range.pointee.n_functions == 1, let pair = range.pointee.functions?[0],
      pair.pointee.node_case == PG_QUERY__NODE__NODE_LIST, let items = pair.pointee.list
    else { throw refusal(.statementUnclaimed, "ROWS FROM") }
    try claim(items)
    let list = nodes(items.pointee.n_items, items.pointee.items)
    guard let first = list.first, let node = first, node.pointee.node_case == PG_QUERY__NODE__NODE_FUNC_CALL,
      let call = node.pointee.func_call
    else { throw refusal(.statementUnclaimed, "expression in FROM") }
    for case .some(let rest) in list.dropFirst() where rest.pointee.node_case != PG_QUERY__NODE__NODE__NOT_SET {
      throw refusal(.statementUnclaimed, "column definitions in ROWS FROM")
    }
    return (call, try functionName(call))
  }

  private func listedColumns(_ range: Pointer<PgQuery__RangeFunction>) throws(Refusal) -> [String] {
    var columns: [String] = []
    for node in nodes(range.pointee.n_coldeflist, range.pointee.coldeflist) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_COLUMN_DEF, let column = node.pointee.column_def
      else { throw refusal(.statementUnclaimed, "column definition") }
      try claim(column)
      try type(column.pointee.type_name)
      columns.append(string(column.pointee.colname))
    }
    return columns
  }
}
