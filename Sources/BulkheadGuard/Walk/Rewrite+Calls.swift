import BulkheadCore
import CPgQuery

extension Rewrite {
  /// A call: unqualified or in `pg_catalog`, and in the allow-list.
  func functionName(_ call: Pointer<PgQuery__FuncCall>) throws(Refusal) -> String {
    try claim(call)
    let names = try names(call.pointee.n_funcname, call.pointee.funcname)
    guard rules.contains(.functions) else { return names.last ?? "" }
    guard let name = unqualified(names), catalog.functions.contains(name) else {
      throw refusal(.statementFunction, names.joined(separator: "."))
    }
    return name
  }

  func function(_ call: Pointer<PgQuery__FuncCall>?) throws(Refusal) {
    guard let call else { return }
    _ = try functionName(call)
    try expressions(call.pointee.n_args, call.pointee.args)
    try expressions(call.pointee.n_agg_order, call.pointee.agg_order)
    try expression(call.pointee.agg_filter)
    guard let window = call.pointee.over else { return }
    try claim(window)
    try expressions(window.pointee.n_partition_clause, window.pointee.partition_clause)
    try expressions(window.pointee.n_order_clause, window.pointee.order_clause)
    try expression(window.pointee.start_offset)
    try expression(window.pointee.end_offset)
  }

  func operation(_ operation: Pointer<PgQuery__AExpr>?) throws(Refusal) {
    guard let operation else { return }
    // BETWEEN puts its own name where the others put an operator; it stands for >= and <=.
    switch operation.pointee.kind {
    case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN,
      PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM, PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM:
      break
    default: try operatorName(operation.pointee.n_name, operation.pointee.name, mayBeAbsent: false)
    }
    try expression(operation.pointee.lexpr)
    try expression(operation.pointee.rexpr)
  }

  func operatorName(_ count: Int, _ list: Pointer<Node?>?, mayBeAbsent: Bool) throws(Refusal) {
    if mayBeAbsent, count == 0 { return }
    let names = try names(count, list)
    guard rules.contains(.functions) else { return }
    guard names.count == 1, GuardCatalog.operators.contains(names[0]) else {
      throw refusal(.statementFunction, "operator \(names.joined(separator: "."))")
    }
  }

  func cast(_ cast: Pointer<PgQuery__TypeCast>?) throws(Refusal) {
    guard let cast else { return }
    try expression(cast.pointee.arg)
    try type(cast.pointee.type_name)
  }

  /// A type: unqualified or in `pg_catalog`, and in the allow-list; arrays of such.
  func type(_ type: Pointer<PgQuery__TypeName>?) throws(Refusal) {
    guard let type else { throw refusal(.statementCast, "no type") }
    try claim(type)
    let names = try names(type.pointee.n_names, type.pointee.names)
    if rules.contains(.casts) {
      guard let name = unqualified(names), GuardCatalog.types.contains(name) else {
        throw refusal(.statementCast, names.joined(separator: "."))
      }
    }
    try expressions(type.pointee.n_typmods, type.pointee.typmods)
    for node in nodes(type.pointee.n_array_bounds, type.pointee.array_bounds) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_INTEGER else {
        throw refusal(.statementCast, "array bounds")
      }
    }
  }

  private func unqualified(_ names: [String]) -> String? {
    switch names.count {
    case 1: names[0]
    case 2 where names[0] == "pg_catalog": names[1]
    default: nil
    }
  }
}
