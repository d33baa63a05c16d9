/// SELECT in all its forms.
extension StatementGenerator {
  /// A query with columns of the `wanted` kinds, or of any.
  mutating func query(wanted: [ColumnKind]?, outer: [GeneratedRange]) -> GeneratedQuery {
    let kinds = wanted ?? (0..<number(1...3)).map { _ in pick(ColumnKind.plain, or: .integer) }
    let text: String =
      switch number(0...13) {
      case 0...1: deeper({ $0.setOperation(kinds, outer) }, otherwise: { $0.select(kinds, outer) })
      case 2...3: grouped(kinds, outer)
      case 4: distinctOn(kinds, outer)
      case 5...6: windowed(kinds, outer)
      case 7: deeper({ $0.with(kinds, outer) }, otherwise: { $0.select(kinds, outer) })
      case 8: recursive(kinds, outer)
      default: select(kinds, outer)
      }
    return GeneratedQuery(text: text, kinds: kinds)
  }

  private mutating func filter(_ scope: [GeneratedRange]) -> String {
    chance(4) ? "" : " WHERE \(condition(scope))"
  }

  private func list(_ values: [String]) -> String { values.joined(separator: ", ") }
  private func positions(_ kinds: [ColumnKind]) -> String { list(kinds.indices.map { String($0 + 1) }) }

  private mutating func select(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let (from, ranges) = from(outer: outer)
    let scope = ranges + outer
    let values = kinds.map { value($0, scope) }
    if chance(8) {
      // Ordered by what a correlated sub-query says of each row, then by all there is to see of it.
      let order = "\(scalar(.integer, outer: scope)), \(positions(kinds))"
      return "SELECT \(list(values)) FROM \(from)\(filter(scope)) ORDER BY \(order) LIMIT \(number(0...6))"
    }
    let distinct = chance(6) ? "DISTINCT " : ""
    return "SELECT \(distinct)\(list(values)) FROM \(from)\(filter(scope))\(tail(kinds))"
  }

  /// ORDER BY all columns, so that LIMIT takes the same rows; a limit may be a sub-query.
  private mutating func tail(_ kinds: [ColumnKind]) -> String {
    guard chance(4) else { return "" }
    let order = " ORDER BY \(positions(kinds))"
    switch number(0...4) {
    case 0: return order
    case 1: return "\(order) LIMIT (SELECT least(count(*), 4) FROM orders \(alias("o")))"
    case 2: return "\(order) OFFSET \(number(0...3))"
    case 3: return " ORDER BY 1 FETCH FIRST \(number(1...4)) ROWS WITH TIES"
    default: return "\(order) LIMIT \(number(0...6)) OFFSET \(number(0...2))"
    }
  }

  private mutating func setOperation(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let operation = pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT", "EXCEPT ALL", "INTERSECT ALL"])
    let (left, right) = (query(wanted: kinds, outer: outer), query(wanted: kinds, outer: outer))
    return "(\(left.text)) \(operation) (\(right.text))\(tail(kinds))"
  }

  /// GROUP BY plain columns, ROLLUP, CUBE or GROUPING SETS; all else in the list is an aggregate.
  private mutating func grouped(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let (from, ranges) = from(outer: outer)
    var keys: [String] = []
    var values: [String] = []
    for kind in kinds {
      let columns = ranges.flatMap { $0.columns(of: kind) }
      if !columns.isEmpty, chance(2) {
        let column = pick(columns)
        keys.append(column)
        values.append(column)
      } else {
        values.append(aggregate(kind, ranges))
      }
    }
    var clause = ""
    if !keys.isEmpty {
      let all = list(keys)
      clause =
        " GROUP BY "
        + pick([all, "ROLLUP (\(all))", "CUBE (\(all))", "GROUPING SETS ((\(all)), (), (\(keys[0])))", all])
    }
    if chance(3) { clause += " HAVING \(aggregate(.integer, ranges)) > \(number(0...3))" }
    return "SELECT \(list(values)) FROM \(from)\(filter(ranges + outer))\(clause)\(tail(kinds))"
  }

  private mutating func distinctOn(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let (from, ranges) = from(outer: outer)
    let values = kinds.map { value($0, ranges + outer) }
    return "SELECT DISTINCT ON (1) \(list(values)) FROM \(from)\(filter(ranges + outer)) ORDER BY \(positions(kinds))"
  }

  /// Peers are equal under the frame that ORDER BY gives by itself; ROWS and lag() need a total order.
  private mutating func windowed(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let (from, ranges) = from(outer: outer)
    let total =
      ranges.contains { $0.keys.isEmpty } ? nil : list(ranges.flatMap { r in r.keys.map { "\(r.alias).\($0)" } })
    let partition = "PARTITION BY \(value(.text, ranges))"
    let values = kinds.map { kind -> String in
      let value = value(kind, ranges)
      if let total, chance(2) {
        return pick([
          "lag(\(value)) OVER (\(partition) ORDER BY \(total))", "first_value(\(value)) OVER (ORDER BY \(total) DESC)",
          "nth_value(\(value), 2) OVER (ORDER BY \(total) ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)",
        ])
      }
      guard kind == .integer else { return value }
      return pick([
        "rank() OVER (\(partition) ORDER BY \(value))", "dense_rank() OVER (ORDER BY \(value))",
        "count(*) OVER (\(partition))", "sum(\(value)) OVER (w ROWS UNBOUNDED PRECEDING)", "sum(\(value)) OVER w",
      ])
    }
    let isFramed = values.contains { $0.contains("OVER (w ROWS") }
    let order = isFramed ? (total ?? "1") : value(.amount, ranges)
    // Without a total order a frame of rows would depend on the plan.
    let text =
      isFramed && total == nil ? values.map { $0.replacing("(w ROWS UNBOUNDED PRECEDING)", with: "w") } : values
    return "SELECT \(list(text)) FROM \(from)\(filter(ranges + outer)) WINDOW w AS (ORDER BY \(order))\(tail(kinds))"
  }

  private mutating func with(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let before = withQueries
    defer { withQueries = before }
    var clauses: [String] = []
    for _ in 0..<number(1...2) {
      let inner = query(wanted: nil, outer: outer)
      let name = alias("x")
      let columns = inner.kinds.enumerated().map { (name: "c\($0.offset + 1)", kind: $0.element) }
      let hint = pick([" AS", " AS MATERIALIZED", " AS NOT MATERIALIZED"])
      clauses.append("\(name) (\(columns.map(\.name).joined(separator: ", ")))\(hint) (\(inner.text))")
      withQueries.append(GeneratedRange(alias: name, columns: columns))
    }
    return "WITH \(list(clauses)) \(select(kinds, outer))"
  }

  /// The descendants of some products, and what the rest of the query makes of them.
  private mutating func recursive(_ kinds: [ColumnKind], _ outer: [GeneratedRange]) -> String {
    let before = withQueries
    defer { withQueries = before }
    let (name, start, child, tree) = (alias("r"), alias("t"), alias("t"), alias("w"))
    let first = GeneratedTable.first.range(start)
    let next = GeneratedTable.first.range(child)
    withQueries.append(GeneratedRange(alias: name, columns: [("c1", .id(of: "product")), ("c2", .integer)]))
    return "WITH RECURSIVE \(name) (c1, c2) AS (SELECT \(start).id, 1 FROM product \(start) WHERE "
      + "\(start).parent_id IS NULL OR \(start).version > \(number(0...2)) AND \(simpleCondition([first])) UNION "
      + "SELECT \(child).id, \(tree).c2 + 1 FROM product \(child) \(pick(["JOIN", "JOIN"])) \(name) \(tree) ON "
      + "\(child).parent_id = \(tree).c1 AND \(tree).c2 < 6 WHERE \(simpleCondition([next]))) "
      + select(kinds, outer)
  }

  /// A condition without sub-queries: the recursive query may not stand in one, and is in scope.
  private mutating func simpleCondition(_ scope: [GeneratedRange]) -> String {
    let before = depth
    depth = 0
    defer { depth = before }
    return condition(scope)
  }

  /// Rows locked in a total order.
  mutating func locking() -> String {
    let clause = pick(["FOR UPDATE", "FOR UPDATE OF s SKIP LOCKED", "FOR SHARE OF p", "FOR NO KEY UPDATE NOWAIT"])
    let (stock, product) = (GeneratedTable.all[1].range("s"), GeneratedTable.first.range("p"))
    return "SELECT s.id, p.name FROM stock s JOIN product p ON p.id = s.product_id "
      + "WHERE \(condition([stock, product])) ORDER BY s.id LIMIT \(number(1...20)) \(clause)"
  }
}
