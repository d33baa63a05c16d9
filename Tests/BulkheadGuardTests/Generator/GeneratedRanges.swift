/// FROM lists: tables, sub-selects, LATERAL, WITH queries, VALUES, functions, and joins of every kind among them.
extension StatementGenerator {
  /// One to three items. `outer` is what sub-queries around this one have in scope.
  mutating func from(outer: [GeneratedRange]) -> (text: String, ranges: [GeneratedRange]) {
    var (text, ranges) = join(depth: number(0...2), outer: outer)
    if chance(5) {
      let more = item(outer: outer, lateral: ranges)
      text += ", \(more.text)"
      ranges.append(more.range)
    }
    return (text, ranges)
  }

  private mutating func join(depth: Int, outer: [GeneratedRange]) -> (text: String, ranges: [GeneratedRange]) {
    guard depth > 0 else {
      let only = item(outer: outer, lateral: [])
      return (only.text, [only.range])
    }
    let left = join(depth: depth - 1, outer: outer)
    let kind = pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", "LEFT JOIN"])
    var right: (text: String, ranges: [GeneratedRange])
    if chance(4) {
      let nested = join(depth: 1, outer: outer)
      right = ("(\(nested.text))", nested.ranges)
      if !right.text.contains(" JOIN ") { right.text = nested.text }
    } else {
      let mayBeLateral = kind == "JOIN" || kind == "LEFT JOIN" || kind == "CROSS JOIN"
      let only = item(outer: outer, lateral: mayBeLateral ? left.ranges : [])
      right = (only.text, [only.range])
    }
    let on = kind == "CROSS JOIN" ? "" : " ON \(joinCondition(left.ranges, right.ranges, isFull: kind == "FULL JOIN"))"
    return ("\(left.text) \(kind) \(right.text)\(on)", left.ranges + right.ranges)
  }

  /// An equality of columns of one kind where there is one, and something beside it at times. A FULL JOIN needs the
  /// equality, or no condition at all.
  private mutating func joinCondition(_ left: [GeneratedRange], _ right: [GeneratedRange], isFull: Bool) -> String {
    let kinds = Set(left.flatMap { $0.columns.map(\.kind) }).intersection(right.flatMap { $0.columns.map(\.kind) })
    let ids = ColumnKind.plain.filter { kind in
      if case .id = kind { return kinds.contains(kind) }
      return false
    }
    guard let kind = pick((ids.isEmpty ? ColumnKind.plain.filter(kinds.contains) : ids).map(Optional.some), or: nil)
    else { return isFull ? "true" : comparisonOrTrue(left + right) }
    let equality =
      "\(pick(left.flatMap { $0.columns(of: kind) })) = \(pick(right.flatMap { $0.columns(of: kind) }))"
    guard chance(3) else { return equality }
    return isFull ? "\(equality) AND \(simpleFilter(right))" : "\(equality) AND \(condition(left + right))"
  }

  private mutating func comparisonOrTrue(_ scope: [GeneratedRange]) -> String {
    chance(3) ? "true" : simpleFilter(scope)
  }

  private mutating func simpleFilter(_ scope: [GeneratedRange]) -> String {
    let columns = scope.flatMap { $0.columns(of: .integer) }
    return columns.isEmpty ? "true" : "\(pick(columns)) > \(number(0...6))"
  }

  private mutating func item(
    outer: [GeneratedRange], lateral: [GeneratedRange]
  ) -> (text: String, range: GeneratedRange) {
    switch number(0...11) {
    case 0...1:
      return deeper(
        { made in
          let isLateral = !lateral.isEmpty && made.chance(2)
          let inner = made.query(wanted: nil, outer: isLateral ? outer + lateral : outer)
          return made.named(isLateral ? "LATERAL (\(inner.text))" : "(\(inner.text))", inner.kinds)
        }, otherwise: { $0.table() })
    case 2 where !withQueries.isEmpty:
      let known = pick(withQueries, or: withQueries[0])
      let alias = alias("w")
      return ("\(known.alias) \(alias)", GeneratedRange(alias: alias, columns: known.columns))
    case 3:
      let rows = (0..<number(1...3)).map { _ in "(\(literal(.integer)), \(literal(.id(of: "product"))))" }
      return named("(VALUES \(rows.joined(separator: ", ")))", [.integer, .id(of: "product")])
    case 4:
      let alias = alias("g")
      let columns: [(name: String, kind: ColumnKind)] = [("n", .integer)]
      return ("generate_series(1, \(number(1...4))) AS \(alias) (n)", GeneratedRange(alias: alias, columns: columns))
    case 5:
      let alias = alias("c")
      let columns: [(name: String, kind: ColumnKind)] = [("code", .text), ("name", .text)]
      return ("currency \(alias)", GeneratedRange(alias: alias, columns: columns, keys: ["code"]))
    default: return table()
    }
  }

  private mutating func table() -> (text: String, range: GeneratedRange) {
    let table = pick(GeneratedTable.all, or: .first)
    let alias = alias("t")
    return ("\(table.name)\(chance(2) ? " AS" : "") \(alias)", table.range(alias))
  }

  private mutating func named(_ text: String, _ kinds: [ColumnKind]) -> (text: String, range: GeneratedRange) {
    let alias = alias("q")
    let columns = kinds.enumerated().map { (name: "c\($0.offset + 1)", kind: $0.element) }
    let names = columns.map(\.name).joined(separator: ", ")
    return ("\(text) AS \(alias) (\(names))", GeneratedRange(alias: alias, columns: columns))
  }
}
