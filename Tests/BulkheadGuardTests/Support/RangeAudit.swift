import CPgQuery
import Foundation

/// Looks at rewritten text with other eyes: the parser's JSON, not the tree that the guard edits.
enum RangeAudit {
  struct Failure: Error {}

  /// Ranges and targets of schema `app` in `text` that are not narrowed to a tenant; reference tables aside.
  static func unguarded(_ text: String) throws -> [String] {
    let result = pg_query_parse(text)
    defer { pg_query_free_parse_result(result) }
    guard result.error == nil, let tree = result.parse_tree,
      let json = try JSONSerialization.jsonObject(with: Data(String(cString: tree).utf8)) as? [String: Any]
    else { throw Failure() }
    var found: [String] = []
    walk(json, &found)
    return found
  }

  private static func walk(_ value: Any, _ found: inout [String]) {
    if let list = value as? [Any] {
      for item in list { walk(item, &found) }
    } else if let object = value as? [String: Any] {
      for (key, child) in object {
        if let statement = child as? [String: Any] { inspect(key, statement, &found) }
        walk(child, &found)
      }
    }
  }

  /// Judges the ranges that `statement` itself names.
  private static func inspect(_ kind: String, _ statement: [String: Any], _ found: inout [String]) {
    switch kind {
    case "SelectStmt", "larg", "rarg":
      for range in tables(statement["fromClause"]) where !isNarrowing(statement, range) { found.append(name(range)) }
    case "UpdateStmt", "DeleteStmt":
      for range in tables(statement["fromClause"]) + tables(statement["usingClause"]) { found.append(name(range)) }
      if let target = statement["relation"] as? [String: Any], !isTenant(statement["whereClause"], of: target) {
        found.append(name(target))
      }
    case "InsertStmt":
      guard let conflict = statement["onConflictClause"] as? [String: Any],
        let target = statement["relation"] as? [String: Any]
      else { return }
      let updates = conflict["action"] as? String == "ONCONFLICT_UPDATE"
      if updates, !isTenant(conflict["whereClause"], of: target) { found.append(name(target)) }
    default: break
    }
  }

  /// The tables of the schema directly in a FROM list, through joins.
  private static func tables(_ value: Any?) -> [[String: Any]] {
    if let list = value as? [Any] { return list.flatMap(tables) }
    guard let object = value as? [String: Any] else { return [] }
    if let range = object["RangeVar"] as? [String: Any] {
      let isReference = range["relname"] as? String == "currency"
      return range["schemaname"] as? String == "app" && !isReference ? [range] : []
    }
    guard let join = object["JoinExpr"] as? [String: Any] else { return [] }
    return tables(join["larg"]) + tables(join["rarg"])
  }

  /// `SELECT * FROM table WHERE table.tenant_id = $n`, exactly.
  private static func isNarrowing(_ select: [String: Any], _ range: [String: Any]) -> Bool {
    guard let from = select["fromClause"] as? [Any], from.count == 1, select["targetList"] is [Any] else {
      return false
    }
    return isEquality(select["whereClause"], of: range)
  }

  /// A condition that is, or has as an operand of its topmost AND, `table.tenant_id = $n`.
  private static func isTenant(_ condition: Any?, of range: [String: Any]) -> Bool {
    if isEquality(condition, of: range) { return true }
    guard let object = condition as? [String: Any], let and = object["BoolExpr"] as? [String: Any],
      and["boolop"] as? String == "AND_EXPR", let arguments = and["args"] as? [Any]
    else { return false }
    return arguments.contains { isEquality($0, of: range) }
  }

  private static func isEquality(_ condition: Any?, of range: [String: Any]) -> Bool {
    guard let object = condition as? [String: Any], let operation = object["A_Expr"] as? [String: Any],
      operation["kind"] as? String == "AEXPR_OP", strings(operation["name"]) == ["="],
      let left = operation["lexpr"] as? [String: Any], let column = left["ColumnRef"] as? [String: Any],
      let right = operation["rexpr"] as? [String: Any], right["ParamRef"] != nil
    else { return false }
    let alias = (range["alias"] as? [String: Any])?["aliasname"] as? String
    return strings(column["fields"]) == [alias ?? name(range), "tenant_id"]
  }

  private static func strings(_ value: Any?) -> [String] {
    (value as? [Any] ?? []).compactMap { item in
      ((item as? [String: Any])?["String"] as? [String: Any])?["sval"] as? String
    }
  }

  private static func name(_ range: [String: Any]) -> String { range["relname"] as? String ?? "?" }
}
