/// Judges rewritten text by itself: it reads the text again, looks for every table that it names, and asks whether the
/// place where the table stands is narrowed to one tenant. It shares no code with the rewriting.
///
/// What it does not know is not in order: a table in a place that no case below accounts for is reported.
package struct RangeAudit {
  package struct Report: Sendable, Equatable {
    /// Tables met: ranges and targets of the placement's schema, reference tables aside.
    package var ranges = 0
    /// What is not in order, in words.
    package var faults: [String] = []
  }

  private let schema: String
  private let referenceTables: Set<String>
  private let tenantParameter: Int?
  private var report = Report()
  /// Places that a case below has answered for; all others where a table or the tenant's column stands are faults.
  private var tablesSeen = 0
  private var tablesAnsweredFor = 0
  private var tenantColumnsSeen = 0
  private var tenantColumnsAnsweredFor = 0
  private var withQueries: Set<String> = []

  /// The report on `text`, a statement rewritten for `schema`, whose tenant is in the parameter `$tenantParameter`.
  package static func report(
    _ text: String, schema: String, referenceTables: Set<String>, tenantParameter: Int?
  ) -> Report {
    var audit = RangeAudit(schema: schema, referenceTables: referenceTables, tenantParameter: tenantParameter)
    guard let tree = TreeValue.parse(text) else { return Report(faults: ["does not parse"]) }
    guard tree["stmts"]?.items.count == 1 else { return Report(faults: ["not one statement"]) }
    audit.collectWithQueries(tree)
    audit.walk(tree, key: "")
    if audit.tablesSeen != audit.tablesAnsweredFor {
      audit.report.faults.append("\(audit.tablesSeen) tables, \(audit.tablesAnsweredFor) answered for")
    }
    if audit.tenantColumnsSeen != audit.tenantColumnsAnsweredFor {
      let counts = "\(audit.tenantColumnsSeen), \(audit.tenantColumnsAnsweredFor) of them predicates"
      audit.report.faults.append("the tenant's column is named \(counts)")
    }
    return audit.report
  }

  private init(schema: String, referenceTables: Set<String>, tenantParameter: Int?) {
    self.schema = schema
    self.referenceTables = referenceTables
    self.tenantParameter = tenantParameter
  }

  private mutating func collectWithQueries(_ value: TreeValue) {
    switch value {
    case .list(let items): for item in items { collectWithQueries(item) }
    case .object(let members):
      for (name, child) in members {
        if name == "ctename", let query = child.string { withQueries.insert(query) }
        collectWithQueries(child)
      }
    case .text, .bare: return
    }
  }

  private mutating func walk(_ value: TreeValue, key: String) {
    switch value {
    case .list(let items): for item in items { walk(item, key: key) }
    case .object(let members):
      see(value, key: key)
      for (name, child) in members where !(name == "lockedRels") { walk(child, key: name) }
    case .text(let text):
      if key == "sval" || key == "name" || key == "relname" || key == "aliasname", text.lowercased() == "tenant_id" {
        tenantColumnsSeen += 1
      }
    case .bare: return
    }
  }

  private mutating func see(_ object: TreeValue, key: String) {
    switch key {
    case "RangeVar", "relation": seeTable(object)
    case "SelectStmt", "larg", "rarg": seeSelect(object)
    case "UpdateStmt", "DeleteStmt": seeTarget(object["relation"], narrowedBy: object["whereClause"])
    case "MergeStmt": seeTarget(object["relation"], narrowedBy: object["joinCondition"])
    case "InsertStmt": seeInsert(object)
    case "A_Const":
      // A literal of that spelling names nothing.
      if object["sval"]?["sval"]?.string?.lowercased() == "tenant_id" { tenantColumnsAnsweredFor += 1 }
    case "FuncCall": seeCall(object["funcname"]?.names ?? [])
    case "TypeName", "typeName": seeType(object["names"]?.names ?? [])
    default: return
    }
  }

  // MARK: - Tables

  private mutating func seeTable(_ range: TreeValue) {
    guard let name = range["relname"]?.string else { return }
    let place = range["schemaname"]?.string
    guard range["catalogname"] == nil, place == schema || place == nil && withQueries.contains(name) else {
      report.faults.append("\(place ?? "no schema").\(name)")
      return
    }
    guard place == schema, !referenceTables.contains(name) else { return }
    tablesSeen += 1
    report.ranges += 1
  }

  /// `SELECT * FROM table WHERE table.tenant_id = $n`, and nothing else, answers for its one table.
  private mutating func seeSelect(_ select: TreeValue) {
    guard let from = select["fromClause"]?.items, from.count == 1, let range = from[0]["RangeVar"],
      isTenants(range)
    else { return }
    guard isEquality(select["whereClause"], of: range) else {
      report.faults.append("\(range["relname"]?.string ?? "?") is not narrowed")
      return answerFor(predicate: false)
    }
    answerFor(predicate: true)
  }

  /// The target of UPDATE, DELETE and MERGE: `condition` is the equality or an AND with it as one of its operands.
  private mutating func seeTarget(_ target: TreeValue?, narrowedBy condition: TreeValue?) {
    guard let target, isTenants(target) else { return }
    let isNarrowed =
      isEquality(condition, of: target)
      || condition?["BoolExpr"].map { and in
        and["boolop"]?.string == "AND_EXPR"
          && and["args"]?.items.contains { isEquality($0, of: target) } == true
      } == true
    if !isNarrowed { report.faults.append("the target \(target["relname"]?.string ?? "?") is not narrowed") }
    answerFor(predicate: isNarrowed)
  }

  /// A new row is of the bound tenant by the column's default; only ON CONFLICT meets rows that are there. Its arbiter
  /// leads with the tenant, by name or as a constraint.
  private mutating func seeInsert(_ insert: TreeValue) {
    guard let target = insert["relation"], isTenants(target) else { return }
    guard let conflict = insert["onConflictClause"] else { return answerFor(predicate: false) }
    let elements = conflict["infer"]?["indexElems"]?.items ?? []
    if !elements.isEmpty {
      if elements[0]["IndexElem"]?["name"]?.string == "tenant_id" {
        tenantColumnsAnsweredFor += 1
      } else {
        report.faults.append("the conflict is not looked for in the tenant's rows")
      }
    }
    guard conflict["action"]?.string == "ONCONFLICT_UPDATE" else { return answerFor(predicate: false) }
    seeTarget(target, narrowedBy: conflict["whereClause"])
  }

  private mutating func answerFor(predicate: Bool) {
    tablesAnsweredFor += 1
    if predicate { tenantColumnsAnsweredFor += 1 }
  }

  private func isTenants(_ range: TreeValue) -> Bool {
    range["schemaname"]?.string == schema && !referenceTables.contains(range["relname"]?.string ?? "")
  }

  /// `alias.tenant_id = $n` with this statement's tenant parameter.
  private func isEquality(_ condition: TreeValue?, of range: TreeValue) -> Bool {
    guard let operation = condition?["A_Expr"], operation["kind"]?.string == "AEXPR_OP",
      operation["name"]?.names == ["="], let parameter = operation["rexpr"]?["ParamRef"]?["number"]?.number,
      parameter == tenantParameter
    else { return false }
    let alias = range["alias"]?["aliasname"]?.string ?? range["relname"]?.string ?? ""
    return operation["lexpr"]?["ColumnRef"]?["fields"]?.names == [alias, "tenant_id"]
  }

  // MARK: - What no statement may reach

  private mutating func seeCall(_ names: [String]) {
    let name = names.last ?? ""
    let isOurs = names.count == 1 || names.count == 2 && names[0] == "pg_catalog"
    let reaches = ["pg_", "lo_", "set_", "current_", "query_to", "table_to", "schema_to", "database_to", "dblink"]
    guard isOurs, !reaches.contains(where: name.hasPrefix) else {
      report.faults.append("calls \(names.joined(separator: "."))")
      return
    }
  }

  private mutating func seeType(_ names: [String]) {
    let name = names.last ?? ""
    guard !name.hasPrefix("reg"), !["oid", "aclitem", "xml", "name", "record"].contains(name) else {
      report.faults.append("names the type \(name)")
      return
    }
  }
}
