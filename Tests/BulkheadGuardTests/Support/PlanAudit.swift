import BulkheadCore

/// Judges a plan of PostgreSQL, made for an administrator whom no row security binds: every scan of a tenants' table
/// must itself be held to the tenant. Here neither the guard nor any reader of its text is believed.
struct PlanAudit {
  let schema: String
  let tenant: String
  /// Scans of tenants' tables, and conflicts that update rows of one.
  var ranges = 0
  var faults: [String] = []

  init(schema: String, tenant: String) {
    self.schema = schema
    self.tenant = tenant
  }

  static let tables: Set<String> = ["product", "stock", "orders", "order_line"]

  /// Asks for the plan of `text` with the tenant in its last parameter.
  mutating func check(_ text: String, _ parameters: [String?], in session: Session) throws {
    let rows = try session.run("EXPLAIN (FORMAT JSON, VERBOSE, COSTS OFF) \(text)", parameters)
    let plan = try JSONParser.parse(rows.compactMap { $0[0] }.joined(separator: "\n"))
    for entry in plan.array ?? [] { visit(entry["Plan"]) }
  }

  private mutating func visit(_ node: JSON?) {
    guard let node else { return }
    let table = node["Relation Name"]?.string ?? ""
    if node["Schema"]?.string == schema, Self.tables.contains(table) {
      if node["Node Type"]?.string != "ModifyTable" {
        judge(table, node, by: ["Index Cond", "Recheck Cond", "Filter"])
      } else if node["Conflict Resolution"]?.string == "UPDATE" {
        judge(table, node, by: ["Conflict Filter"])
      }
    }
    for child in node["Plans"]?.array ?? [] { visit(child) }
  }

  private mutating func judge(_ table: String, _ node: JSON, by conditions: [String]) {
    ranges += 1
    let wanted = "\(node["Alias"]?.string ?? table).tenant_id = '\(tenant)'::uuid"
    let isHeld = conditions.contains { condition in
      // `false` is what is left of a condition that no row can meet: it holds everyone's rows back.
      node[condition]?.string.map { !Self.conjuncts($0).filter { $0 == wanted || $0 == "false" }.isEmpty } == true
    }
    if !isHeld { faults.append("\(node["Node Type"]?.string ?? "?") on \(table) \(node["Alias"]?.string ?? "")") }
  }

  /// The operands of the topmost AND of a condition as PostgreSQL prints it, `((a) AND (b))`, or the condition itself.
  static func conjuncts(_ condition: String) -> [String] {
    let bytes = Array(condition.utf8)
    guard bytes.first == UInt8(ascii: "("), let end = partner(of: 0, in: bytes), end == bytes.count - 1 else {
      return [condition]
    }
    // Every AND and OR is printed in parentheses of its own, so one at this depth is the topmost.
    var operands: [String] = []
    var start = 1
    var place = 1
    let and = Array(" AND ".utf8)
    while place < end {
      if bytes[place] == UInt8(ascii: "("), let close = partner(of: place, in: bytes) {
        place = close + 1
      } else if place + and.count < end, bytes[place..<place + and.count].elementsEqual(and) {
        operands.append(operand(bytes[start..<place]))
        place += and.count
        start = place
      } else {
        place += 1
      }
    }
    return operands + [operand(bytes[start..<end])]
  }

  /// Without the parentheses around the whole.
  private static func operand(_ bytes: ArraySlice<UInt8>) -> String {
    let bytes = Array(bytes)
    let isWhole = bytes.first == UInt8(ascii: "(") && partner(of: 0, in: bytes) == bytes.count - 1
    return String(decoding: isWhole ? bytes[1..<bytes.count - 1] : bytes[...], as: UTF8.self)
  }

  /// Where the parenthesis at `start` closes; what stands in quotes does not count.
  private static func partner(of start: Int, in bytes: [UInt8]) -> Int? {
    var depth = 0
    var isQuoted = false
    for index in start..<bytes.count {
      if bytes[index] == UInt8(ascii: "'") { isQuoted.toggle() }
      guard !isQuoted else { continue }
      if bytes[index] == UInt8(ascii: "(") { depth += 1 }
      if bytes[index] == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }
}
