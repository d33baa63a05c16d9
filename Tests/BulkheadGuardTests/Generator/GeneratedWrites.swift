/// INSERT, UPDATE, DELETE, MERGE, and WITH queries that write.
extension StatementGenerator {
  mutating func update() -> String { update(pick(GeneratedTable.all, or: .first)) }
  mutating func delete() -> String { delete(pick(GeneratedTable.all, or: .first)) }
  mutating func insert() -> String { insert(pick(GeneratedTable.all, or: .first)) }

  /// `column = value` for one to three columns of `table` that may take any value.
  private mutating func assignments(_ table: GeneratedTable, _ scope: [GeneratedRange]) -> String {
    let free = table.columns.filter { table.free.contains($0.name) }.shuffled(using: &random)
    let chosen = Array(free.prefix(number(1...3)))
    if chosen.count == 2, chance(3) {
      let other = GeneratedTable.all[1].range(alias("m"))
      let values = chosen.map { aggregate($0.kind, [other]) }.joined(separator: ", ")
      return "(\(chosen.map(\.name).joined(separator: ", "))) = "
        + "(SELECT \(values) FROM stock \(other.alias) WHERE \(condition([other] + scope)))"
    }
    return chosen.map { "\($0.name) = \(chance(9) ? "DEFAULT" : value($0.kind, scope))" }.joined(separator: ", ")
  }

  private mutating func returning(_ scope: [GeneratedRange]) -> String {
    guard chance(2) else { return "" }
    let values = (0..<number(1...2)).map { _ in value(pick(ColumnKind.plain, or: .integer), scope) }
    return " RETURNING \(values.joined(separator: ", "))"
  }

  /// With FROM, a row of the target meets one row (by its key) or its new values do not depend on which it met.
  private mutating func update(_ table: GeneratedTable) -> String {
    let target = table.range(alias("u"))
    let head = "UPDATE \(table.name) AS \(target.alias) SET "
    switch number(0...3) {
    case 0 where !target.columns(of: .id(of: "product")).isEmpty:
      let product = GeneratedTable.first.range(alias("p"))
      let key = pick(target.columns(of: .id(of: "product")))
      let scope = [target, product]
      return "\(head)\(assignments(table, scope)) FROM product \(product.alias) WHERE \(product.alias).id = \(key) "
        + "AND \(condition(scope))\(returning(scope))"
    case 1:
      let (text, ranges) = from(outer: [])
      return "\(head)\(assignments(table, [target])) FROM \(text) WHERE \(condition([target] + ranges))"
        + returning([target])
    default:
      return "\(head)\(assignments(table, [target])) WHERE \(condition([target]))\(returning([target]))"
    }
  }

  private mutating func delete(_ table: GeneratedTable) -> String {
    let target = table.range(alias("d"))
    guard chance(2) else {
      return "DELETE FROM \(table.name) \(target.alias) WHERE \(condition([target]))\(returning([target]))"
    }
    let (text, ranges) = from(outer: [])
    return "DELETE FROM \(table.name) \(target.alias) USING \(text) WHERE \(condition([target] + ranges))"
      + returning([target])
  }

  /// New rows have ids and keys of their own, some of which are taken.
  private mutating func insert(_ table: GeneratedTable) -> String {
    let target = table.range(alias("n"))
    let columns = table.columns.filter { $0.name == "id" || $0.name == "sku" || $0.name == "bin" || chance(2) }
    let names = columns.map(\.name).joined(separator: ", ")
    let source: String
    if chance(2) {
      source =
        "VALUES (\(columns.map { newValue($0.name, $0.kind, table, nil) }.joined(separator: ", ")))"
    } else {
      let from = pick(GeneratedTable.all, or: .first)
      let range = from.range(alias("f"))
      let values = columns.map { newValue($0.name, $0.kind, table, range) }.joined(separator: ", ")
      source = "SELECT \(values) FROM \(from.name) \(range.alias) WHERE \(condition([range]))"
    }
    return "INSERT INTO \(table.name) AS \(target.alias) (\(names)) \(source)\(conflict(table, target))"
      + returning([target])
  }

  /// A value for a new row; keys follow the key of `source`, so that two rows of it never share one.
  private mutating func newValue(
    _ name: String, _ kind: ColumnKind, _ table: GeneratedTable, _ source: GeneratedRange?
  ) -> String {
    let number = number(1...12)
    guard let source else {
      switch name {
      case "id": return "'\(TestTables.id(TestTables.idKind[table.name] ?? 9, number))'::uuid"
      case "sku", "bin": return "'\(name) \(number)'"
      default: return value(kind, [])
      }
    }
    let key = "right(\(source.alias).id::text, 12)"
    switch name {
    case "id":
      return "('0000000\(TestTables.idKind[table.name] ?? 9)-0000-700\(chance(2) ? 8 : 0)-8000-' || \(key))::uuid"
    case "sku", "bin": return "'\(name) ' || \(key)"
    default: return value(kind, [source])
    }
  }

  private mutating func conflict(_ table: GeneratedTable, _ target: GeneratedRange) -> String {
    guard !chance(4) else { return "" }
    var arbiters = ["(id)", "ON CONSTRAINT \(table.name)_pkey"]
    if table.name == "product" { arbiters += ["(sku)", "(lower(sku))", "(sku) WHERE active"] }
    if table.name == "stock" { arbiters += ["(bin)", "ON CONSTRAINT stock_bin_key"] }
    let arbiter = pick(arbiters)
    guard chance(2) else { return " ON CONFLICT \(pick([arbiter, ""])) DO NOTHING" }
    let excluded = GeneratedRange(alias: "excluded", columns: target.columns)
    let scope = [target, excluded]
    let filter = chance(2) ? " WHERE \(condition(scope))" : ""
    return " ON CONFLICT \(arbiter) DO UPDATE SET \(assignments(table, scope))\(filter)"
  }

  /// The source is a table, a join, or a sub-select with one row for each key; where two of its rows meet one of the
  /// target's, PostgreSQL refuses in either world.
  mutating func merge() -> String {
    let table = pick(GeneratedTable.all, or: .first)
    let target = table.range(alias("u"))
    let (source, ranges, key) = mergeSource(table)
    let scope = [target] + ranges
    let on = chance(3) ? "\(target.alias).id = \(key) AND \(condition(scope))" : "\(target.alias).id = \(key)"
    // All but the last clause of each kind have a condition: PostgreSQL refuses what cannot be reached.
    var clauses: [String] = []
    for isLast in [false, true] where isLast || chance(2) {
      let and = isLast && chance(2) ? "" : " AND \(condition(scope))"
      clauses.append(
        "WHEN MATCHED\(and) THEN " + pick(["UPDATE SET \(assignments(table, scope))", "DELETE", "DO NOTHING"]))
      guard !isLast || chance(2) else { continue }
      let unmatched = isLast && chance(2) ? "" : " AND \(condition(ranges))"
      clauses.append("WHEN NOT MATCHED\(unmatched) THEN " + pick([mergeInsert(table, ranges, key), "DO NOTHING"]))
    }
    return "\(chance(5) ? mergeWith() : "")MERGE INTO \(table.name) AS \(target.alias) USING \(source) ON \(on) "
      + clauses.joined(separator: " ")
  }

  private mutating func mergeWith() -> String {
    let inner = query(wanted: [.id(of: "product")], outer: [])
    return "WITH \(alias("x")) (c1) AS (\(inner.text)) "
  }

  private mutating func mergeSource(_ table: GeneratedTable) -> (text: String, ranges: [GeneratedRange], key: String) {
    let kind = ColumnKind.id(of: table.name)
    let range = table.range(alias("v"))
    switch number(0...3) {
    case 0:
      let other = GeneratedTable.all.first { candidate in
        candidate.name != table.name && candidate.columns.contains { $0.kind == kind }
      }
      guard let other, let key = other.columns.first(where: { $0.kind == kind })?.name else { fallthrough }
      let inner = other.range(alias("f"))
      let alias = alias("v")
      let columns: [(name: String, kind: ColumnKind)] = [("c1", kind), ("c2", .integer), ("c3", .text)]
      return (
        "(SELECT \(inner.alias).\(key), count(*), max(\(inner.alias).id::text) FROM \(other.name) \(inner.alias) "
          + "WHERE \(condition([inner])) GROUP BY 1) AS \(alias) (c1, c2, c3)",
        [GeneratedRange(alias: alias, columns: columns)], "\(alias).c1"
      )
    case 1:
      let other = GeneratedTable.all[3].range(alias("f"))
      return (
        "\(table.name) \(range.alias) LEFT JOIN order_line \(other.alias) "
          + "ON \(other.alias).quantity = \(number(20...30))",
        [range, other], "\(range.alias).id"
      )
    case 2:
      // Rows that are there and rows that are not.
      let alias = alias("v")
      let columns: [(name: String, kind: ColumnKind)] = [("c1", kind), ("c2", .integer), ("c3", .text)]
      let prefix = "0000000\(TestTables.idKind[table.name] ?? 9)-0000-7000-8000-"
      return (
        "(SELECT ('\(prefix)' || lpad(\(alias).n::text, 12, '0'))::uuid, \(alias).n, 'm ' || \(alias).n::text "
          + "FROM generate_series(\(number(1...6)), \(number(5...12))) AS \(alias) (n)) AS \(alias) (c1, c2, c3)",
        [GeneratedRange(alias: alias, columns: columns)], "\(alias).c1"
      )
    default: return ("\(table.name) \(range.alias)", [range], "\(range.alias).id")
    }
  }

  private mutating func mergeInsert(_ table: GeneratedTable, _ source: [GeneratedRange], _ key: String) -> String {
    let columns = table.columns.filter { $0.name == "id" || $0.name == "sku" || $0.name == "bin" || chance(2) }
    let values = columns.map { column -> String in
      switch column.name {
      case "id": chance(2) ? key : "('00000007' || substr(\(key)::text, 9))::uuid"
      case "sku", "bin": "'\(column.name) ' || right(\(key)::text, 12)"
      default: chance(8) ? "DEFAULT" : value(column.kind, source)
      }
    }
    return "INSERT (\(columns.map(\.name).joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
  }

  /// Two WITH queries that write to tables of their own, and a statement over what they returned.
  mutating func modifyingWith() -> String {
    let tables = GeneratedTable.all.shuffled(using: &random)
    var clauses: [String] = []
    let before = depth
    depth = 1
    for table in tables.prefix(2) {
      let name = alias("x")
      let write =
        switch number(0...2) {
        case 0: delete(table)
        case 1: update(table)
        default: insert(table)
        }
      let cut = write.components(separatedBy: " RETURNING ")[0]
      let target = write.firstMatch(of: #/(?:AS|FROM \w+) ([udn]\d+)/#).map { String($0.output.1) } ?? ""
      clauses.append("\(name) AS (\(cut) RETURNING \(target).id AS c1)")
      withQueries.append(GeneratedRange(alias: name, columns: [("c1", .id(of: table.name))], keys: ["c1"]))
    }
    depth = before
    let last =
      chance(2) ? "SELECT q.c1 FROM (\(query(wanted: [.integer], outer: []).text)) AS q (c1)" : update(tables[2])
    return "WITH \(clauses.joined(separator: ", ")) \(last)"
  }
}
