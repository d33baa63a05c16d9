import BulkheadCore
import CPgQuery

extension Rewrite {
  /// A select list or RETURNING.
  func targets(_ count: Int, _ list: Pointer<Node?>?) throws(Refusal) {
    for node in nodes(count, list) { try expression(try resultTarget(node).pointee.val) }
  }

  func resultTarget(_ node: Node?) throws(Refusal) -> Pointer<PgQuery__ResTarget> {
    guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_RES_TARGET, let target = node.pointee.res_target
    else { throw refusal(.statementUnclaimed, "item of a target list") }
    try claim(target)
    return target
  }

  /// A list of identifiers.
  @discardableResult
  func names(_ count: Int, _ list: Pointer<Node?>?) throws(Refusal) -> [String] {
    var names: [String] = []
    for node in nodes(count, list) {
      guard let node, node.pointee.node_case == PG_QUERY__NODE__NODE_STRING, let name = node.pointee.string else {
        throw refusal(.statementUnclaimed, "something else in place of a name")
      }
      try claim(name)
      names.append(string(name.pointee.sval))
    }
    return names
  }

  /// `column` or `range.column`.
  func column(_ reference: Pointer<PgQuery__ColumnRef>?) throws(Refusal) {
    guard let reference else { return }
    let fields = nodes(reference.pointee.n_fields, reference.pointee.fields)
    for case .some(let field) in fields where field.pointee.node_case == PG_QUERY__NODE__NODE_A_STAR {
      guard rules.contains(.columns) else { return }
      throw refusal(.statementUnclaimed, "a star: name the columns")
    }
    let names = try names(reference.pointee.n_fields, reference.pointee.fields)
    if rules.contains(.columns), let name = names.first(where: GuardCatalog.systemColumns.contains) {
      throw refusal(.statementUnclaimed, "system column \(name)")
    }
    switch names.count {
    case 1: try wholeRow(names[0])
    case 2: try qualifiedColumn(range: names[0], column: names[1])
    default: throw refusal(.statementUnclaimed, "column named with a schema")
    }
  }

  /// A range's name alone is its whole row, with the tenant's column in it, unless a column has the same name: which
  /// of the two cannot be told here, so qualify such a column.
  private func wholeRow(_ name: String) throws(Refusal) {
    guard rules.contains(.columns) else { return }
    for case .table in scopes.ranges(name) { throw refusal(.statementTenantColumn, "whole row of \(name)") }
  }

  /// PostgreSQL reads `range.name` as the call `name(range)` when the range has no such column. Columns of tables are
  /// not known here, so for those the functions that take a row are refused by name; the EXECUTE revocations in the
  /// database stand behind this. A function's scalar result would fit any function: there the columns are known.
  private func qualifiedColumn(range: String, column: String) throws(Refusal) {
    guard rules.contains(.functions) else { return }
    let ranges = scopes.ranges(range)
    guard !ranges.isEmpty else { throw refusal(.statementUnclaimed, "no range is called \(range)") }
    for candidate in ranges {
      switch candidate {
      case .table, .reference, .query:
        guard !GuardCatalog.rowFunctions.contains(column) else {
          throw refusal(.statementFunction, "\(column) in column notation")
        }
      case .function(let columns):
        guard columns.contains(column) else { throw refusal(.statementFunction, "\(column) in column notation") }
      }
    }
  }
}
