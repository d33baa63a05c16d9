@testable import BulkheadGuard

/// Random statements over the test tables. Whatever the plan, each has one result: ties are broken, a row is changed
/// once, and no expression can fail for one row only. Otherwise a difference would not mean a fault of the guard.
struct StatementGenerator {
  var random: SeededGenerator
  private var aliases = 0
  /// WITH queries that the statement being made may refer to.
  var withQueries: [GeneratedRange] = []
  /// How deep queries may still nest.
  var depth = 2

  init(random: SeededGenerator) { self.random = random }

  mutating func statement() -> String {
    withQueries = []
    depth = number(1...3)
    return switch number(0...19) {
    case 0...8: query(wanted: nil, outer: []).text
    case 9...10: locking()
    case 11...12: update()
    case 13: delete()
    case 14...15: insert()
    case 16...17: merge()
    default: modifyingWith()
    }
  }

  // MARK: - Choices

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
  mutating func chance(_ oneIn: Int) -> Bool { number(1...oneIn) == 1 }

  mutating func pick<Choice>(_ choices: [Choice], or other: Choice) -> Choice {
    choices.randomElement(using: &random) ?? other
  }

  mutating func pick(_ choices: [String]) -> String { pick(choices, or: "") }

  mutating func alias(_ letter: String) -> String {
    aliases = aliases % 900 + 1
    return "\(letter)\(aliases)"
  }

  /// What `make` gives one level further down, or `otherwise` at the bottom.
  mutating func deeper<Made>(_ make: (inout Self) -> Made, otherwise: (inout Self) -> Made) -> Made {
    guard depth > 0 else { return otherwise(&self) }
    depth -= 1
    defer { depth += 1 }
    return make(&self)
  }
}

/// What a column holds. Ids of different things never compare equal, so they are kinds of their own.
enum ColumnKind: Hashable {
  case id(of: String)
  case text, integer, amount, flag, moment

  static let plain: [ColumnKind] = [.text, .integer, .amount, .flag, .moment, .id(of: "product"), .id(of: "orders")]
}

/// A range of a statement under its alias.
struct GeneratedRange {
  let alias: String
  let columns: [(name: String, kind: ColumnKind)]
  /// Columns whose values differ in every row, or empty when there are none.
  var keys: [String] = []

  func columns(of kind: ColumnKind) -> [String] { columns.filter { $0.kind == kind }.map { "\(alias).\($0.name)" } }
}

/// A sub-query and the kinds of its columns.
struct GeneratedQuery {
  let text: String
  let kinds: [ColumnKind]
}

/// The test tables as the generator sees them.
struct GeneratedTable {
  let name: String
  let columns: [(name: String, kind: ColumnKind)]
  /// Columns that may be given any value of their kind.
  let free: Set<String>

  static let all = [
    GeneratedTable(
      name: "product",
      columns: [
        ("id", .id(of: "product")), ("name", .text), ("sku", .text), ("price", .amount), ("version", .integer),
        ("note", .text), ("currency", .text), ("active", .flag), ("deleted", .flag), ("parent_id", .id(of: "product")),
      ], free: ["name", "price", "version", "note", "active", "deleted", "parent_id"]),
    GeneratedTable(
      name: "stock",
      columns: [
        ("id", .id(of: "stock")), ("product_id", .id(of: "product")), ("quantity", .integer), ("bin", .text),
      ], free: ["product_id", "quantity"]),
    GeneratedTable(
      name: "orders", columns: [("id", .id(of: "orders")), ("status", .text), ("placed_at", .moment)],
      free: ["status", "placed_at"]),
    GeneratedTable(
      name: "order_line",
      columns: [
        ("id", .id(of: "order_line")), ("order_id", .id(of: "orders")), ("product_id", .id(of: "product")),
        ("quantity", .integer), ("price", .amount),
      ], free: ["order_id", "product_id", "quantity", "price"]),
  ]

  static let first = all[0]

  func range(_ alias: String) -> GeneratedRange { GeneratedRange(alias: alias, columns: columns, keys: ["id"]) }
}
