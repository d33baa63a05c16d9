/// Values and conditions over what is in scope. Each is given any number of ranges, of this level and those around it.
extension StatementGenerator {
  mutating func literal(_ kind: ColumnKind) -> String {
    switch kind {
    case .id(let of):
      let number = number(1...10)
      return "'\(TestTables.id(TestTables.idKind[of] ?? 9, number))'::uuid"
    case .text: return "'\(pick(["name 1", "name 4", "sku 3", "new", "paid", "", "bin 7", "x"]))'::text"
    case .integer: return String(number(-2...12))
    case .amount: return "\(number(0...20)).\(number(0...9))"
    case .flag: return pick(["true", "false"])
    case .moment: return "'2026-01-\(number(10...28))'::timestamptz"
    }
  }

  /// A value of `kind`.
  mutating func value(_ kind: ColumnKind, _ scope: [GeneratedRange]) -> String {
    let columns = scope.flatMap { $0.columns(of: kind) }
    if !columns.isEmpty, !chance(4) { return pick(columns) }
    switch number(0...5) {
    case 0: return "CASE WHEN \(condition(scope)) THEN \(simple(kind, scope)) ELSE \(simple(kind, scope)) END"
    case 1: return "coalesce(\(simple(kind, scope)), \(literal(kind)))"
    case 2: return "nullif(\(simple(kind, scope)), \(literal(kind)))"
    case 3: return deeper({ $0.scalar(kind, outer: scope) }, otherwise: { $0.simple(kind, scope) })
    default: return operation(kind, scope)
    }
  }

  private mutating func simple(_ kind: ColumnKind, _ scope: [GeneratedRange]) -> String {
    let columns = scope.flatMap { $0.columns(of: kind) }
    return columns.isEmpty || chance(5) ? literal(kind) : pick(columns)
  }

  private mutating func operation(_ kind: ColumnKind, _ scope: [GeneratedRange]) -> String {
    let (left, right) = (simple(kind, scope), simple(kind, scope))
    switch kind {
    case .integer: return "(\(left) \(pick(["+", "-"])) \(number(0...5)))"
    case .amount: return "round(\(left) * \(number(1...3)), 2)"
    case .text: return pick(["upper(\(left))", "left(\(left), 5)", "(\(left) || \(right))", "concat(\(left), '-')"])
    case .flag: return "(\(left) OR \(right))"
    case .moment: return "(\(left) + interval '\(number(1...9)) days')"
    case .id: return left
    }
  }

  /// A sub-query of one value: an aggregate, or the first row of a total order.
  mutating func scalar(_ kind: ColumnKind, outer: [GeneratedRange]) -> String {
    let table = pick(GeneratedTable.all, or: .first)
    let range = table.range(alias("s"))
    let filter = condition([range] + outer)
    guard chance(2), let column = pick(range.columns(of: kind).map(Optional.some), or: nil) else {
      return "(SELECT \(aggregate(kind, [range])) FROM \(table.name) \(range.alias) WHERE \(filter))"
    }
    return "(SELECT \(column) FROM \(table.name) \(range.alias) WHERE \(filter) "
      + "ORDER BY \(range.alias).id LIMIT 1 OFFSET \(number(0...2)))"
  }

  mutating func aggregate(_ kind: ColumnKind, _ scope: [GeneratedRange]) -> String {
    let filter = chance(3) ? " FILTER (WHERE \(deeper({ $0.condition(scope) }, otherwise: { _ in "true" })))" : ""
    switch kind {
    case .integer:
      let column = pick(scope.flatMap(\.columns).isEmpty ? ["1"] : scope.flatMap { $0.columns(of: .integer) } + ["1"])
      return pick(["count(*)", "sum(\(column))", "count(DISTINCT \(column))", "max(\(column))"]) + filter
    case .amount: return "\(pick(["sum", "avg", "min"]))(\(simple(.amount, scope)))" + filter
    case .text:
      let column = simple(.text, scope)
      return "string_agg(\(chance(2) ? "DISTINCT " : "")\(column), ',' ORDER BY \(column))" + filter
    case .flag: return "\(pick(["bool_or", "bool_and"]))(\(simple(.flag, scope)))" + filter
    case .moment: return "max(\(simple(.moment, scope)))" + filter
    case .id: return "max(\(simple(kind, scope))::text)\(filter)::uuid"
    }
  }

  mutating func condition(_ scope: [GeneratedRange]) -> String {
    switch number(0...12) {
    case 0: return "(\(comparison(scope)) AND \(comparison(scope)))"
    case 1: return "(\(comparison(scope)) OR \(comparison(scope)))"
    case 2: return "NOT (\(comparison(scope)))"
    case 3...6: return deeper({ $0.subqueryCondition(scope) }, otherwise: { $0.comparison(scope) })
    default: return comparison(scope)
    }
  }

  private mutating func comparison(_ scope: [GeneratedRange]) -> String {
    let kinds = Set(scope.flatMap { $0.columns.map(\.kind) })
    let kind = pick(ColumnKind.plain.filter(kinds.contains), or: .integer)
    let left = simple(kind, scope)
    switch number(0...6) {
    case 0: return "\(left) IS \(pick(["", "NOT "]))NULL"
    case 1: return "\(left) IS \(pick(["", "NOT "]))DISTINCT FROM \(simple(kind, scope))"
    case 2:
      return "\(left) \(pick(["", "NOT "]))IN (\(literal(kind)), \(literal(kind)), \(pick([literal(kind), "NULL"])))"
    case 3 where kind == .text: return "\(left) LIKE '%\(number(1...6))'"
    case 4 where kind == .integer: return "\(left) BETWEEN \(number(0...3)) AND \(number(3...9))"
    case 5 where kind == .flag: return left
    default: return "\(left) \(pick(["=", "<>", "<", ">", "<=", ">="])) \(simple(kind, scope))"
    }
  }

  /// IN and NOT IN with NULL among the values, EXISTS, ANY and ALL; correlated when the scope is used inside.
  private mutating func subqueryCondition(_ scope: [GeneratedRange]) -> String {
    let kinds = Set(scope.flatMap { $0.columns.map(\.kind) })
    let kind = pick(ColumnKind.plain.filter(kinds.contains), or: .integer)
    switch number(0...5) {
    case 0...1:
      return "\(simple(kind, scope)) \(pick(["", "NOT "]))IN (\(query(wanted: [kind], outer: scope).text))"
    case 2: return "\(pick(["", "NOT "]))EXISTS (\(query(wanted: nil, outer: scope).text))"
    case 3: return "\(simple(kind, scope)) \(pick(["=", "<", ">="])) ANY (\(query(wanted: [kind], outer: scope).text))"
    case 4: return "\(simple(kind, scope)) \(pick(["<>", ">"])) ALL (\(query(wanted: [kind], outer: scope).text))"
    default: return "\(scalar(.integer, outer: scope)) > \(number(0...6))"
    }
  }
}
