import BulkheadCore

/// Finds out what policies rest on, through the functions that they call.
struct PolicyReader {
  /// How deep functions are followed that call functions.
  static let depthMax = 4

  let session: CatalogSession

  struct Outcome {
    var facts: [Model.PolicyFacts] = []
    var carriers: [String] = []
    var binding: String?
  }

  private struct Policy {
    let oid: String
    let column: String
    let using: String?
    let check: String?
    let functions: [String]
  }

  private struct Function {
    let name: String
    let display: String
    let source: String
  }

  func policies(of tables: [Model.Table]) async throws -> Outcome {
    let policies = try await load(tables)
    let functions = try await functions(calledBy: policies)
    let contexts = try await contexts(of: policies, functions)
    var outcome = Outcome()
    var bindings: [String: Int] = [:]
    for policy in policies {
      let reach = Self.reach(policy, functions)
      let settings = Set(reach.flatMap { source in source.settings.map { Found(setting: $0, via: source.via) } })
      let settable = settings.filter { Self.isSettable($0.setting, contexts) }.map(\.text).sorted()
      let users = reach.filter(\.namesUser).map { $0.via.map { "current_user in \($0)" } ?? "current_user" }
      let calls = Self.perRow(policy, functions)
      outcome.facts.append(
        Model.PolicyFacts(
          oid: policy.oid, trusts: settable.isEmpty ? nil : settable.joined(separator: ", "),
          calls: calls.isEmpty ? nil : calls.joined(separator: ", "),
          namesUser: users.isEmpty ? nil : Set(users).sorted().joined(separator: ", ")))
      let trusted = settings.map(\.setting).filter { !Self.isSettable($0, contexts) }
      outcome.carriers += trusted.filter { !outcome.carriers.contains($0) }
      if settable.isEmpty, users.isEmpty, calls.isEmpty, !trusted.isEmpty, let using = policy.using,
        let binding = PolicyText.binding(in: using, column: policy.column)
      {
        bindings[binding, default: 0] += 1
      }
    }
    outcome.carriers.sort()
    outcome.binding = bindings.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    return outcome
  }

  private struct Found: Hashable {
    let setting: String
    let via: String?

    var text: String {
      let what = setting == "*" ? "a setting whose name is computed" : "the setting \(setting)"
      return via.map { "\(what) in \($0)" } ?? what
    }
  }

  /// A source that a policy reaches: its own expressions, or a function's body.
  private struct Source {
    let via: String?
    let settings: [String]
    let namesUser: Bool
  }

  private static func reach(_ policy: Policy, _ functions: [String: Function]) -> [Source] {
    let own = [policy.using, policy.check].compactMap(\.self).joined(separator: " ")
    var sources = [
      Source(via: nil, settings: PolicyText.settings(in: own), namesUser: PolicyText.namesCurrentUser(own))
    ]
    let byName = Dictionary(grouping: functions.keys) { functions[$0]?.name ?? "" }
    var seen = Set<String>()
    var next = policy.functions
    while !next.isEmpty {
      let functionsNow = next.filter { seen.insert($0).inserted }.compactMap { functions[$0] }
      next = []
      for function in functionsNow {
        sources.append(
          Source(
            via: function.display, settings: PolicyText.settings(in: function.source),
            namesUser: PolicyText.namesCurrentUser(function.source)))
        next += PolicyText.calls(in: function.source).flatMap { byName[$0] ?? [] }
      }
    }
    return sources
  }

  /// What the policy calls outside of sub-selects.
  private static func perRow(_ policy: Policy, _ functions: [String: Function]) -> [String] {
    let part = [policy.using, policy.check].compactMap { $0.map(PolicyText.perRowPart) }.joined(separator: " ")
    let called = PolicyText.calls(in: part)
    var names = policy.functions.compactMap { functions[$0] }.filter { called.contains($0.name) }.map(\.display)
    if called.contains("current_setting") { names.append("current_setting()") }
    return Set(names).sorted()
  }

  /// A placeholder with a dot that no extension has claimed, or a parameter that sessions may set.
  private static func isSettable(_ name: String, _ contexts: [String: String]) -> Bool {
    if let context = contexts[name] { return context == "user" || context == "backend" }
    // One without a dot that is not shown is one of the superuser's.
    return name.contains(".") || name == "*"
  }

  private func load(_ tables: [Model.Table]) async throws -> [Policy] {
    let rows = try await session.rows(
      """
      SELECT p.oid::text, a.attname, pg_get_expr(p.polqual, p.polrelid),
        pg_get_expr(p.polwithcheck, p.polrelid), ARRAY(
          SELECT DISTINCT d.refobjid::text FROM pg_depend d WHERE d.classid = 'pg_policy'::regclass
            AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass)::text
      FROM unnest($1::oid[], $2::int2[]) AS m (oid, attnum) JOIN pg_policy p ON p.polrelid = m.oid
      JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum = m.attnum
      """, [.oids(tables.map(\.oid)), .texts(tables.map(\.tenantColumn))])
    return try rows.map { row in
      let functions = try row.text(4).dropFirst().dropLast().split(separator: ",").map(String.init)
      return Policy(
        oid: try row.text(0), column: try row.text(1), using: row.textOrNil(2), check: row.textOrNil(3),
        functions: functions)
    }
  }

  private func functions(calledBy policies: [Policy]) async throws -> [String: Function] {
    var known: [String: Function] = [:]
    var oids = Set(policies.flatMap(\.functions))
    var names: Set<String> = []
    for _ in 0..<Self.depthMax where !oids.isEmpty || !names.isEmpty {
      let rows = try await session.rows(
        """
        SELECT p.oid::text, p.proname, format('%I.%I()', n.nspname, p.proname),
          CASE WHEN (to_jsonb(p) ->> 'prosqlbody') IS NOT NULL THEN pg_get_functiondef(p.oid) ELSE p.prosrc END
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.prokind = 'f' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND (p.oid = ANY ($1::oid[]) OR p.proname = ANY ($2::text[]))
        """, [.oids(oids.sorted()), .texts(names.sorted())])
      oids = []
      names = []
      for row in rows where known[try row.text(0)] == nil {
        let source = PolicyText.withoutComments(try row.text(3))
        known[try row.text(0)] = Function(name: try row.text(1), display: try row.text(2), source: source)
        names.formUnion(PolicyText.calls(in: source))
      }
    }
    return known
  }

  private func contexts(of policies: [Policy], _ functions: [String: Function]) async throws -> [String: String] {
    let sources = policies.flatMap { [$0.using, $0.check].compactMap(\.self) } + functions.values.map(\.source)
    let names = Set(sources.flatMap(PolicyText.settings))
    let rows = try await session.rows(
      "SELECT lower(name), context FROM pg_settings WHERE lower(name) = ANY ($1::text[])", [.texts(names.sorted())])
    return Dictionary(try rows.map { (try $0.text(0), try $0.text(1)) }, uniquingKeysWith: { first, _ in first })
  }
}
