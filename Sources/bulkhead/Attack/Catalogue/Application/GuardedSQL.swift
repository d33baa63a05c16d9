import BulkheadCore
import BulkheadData
import BulkheadGuard
import BulkheadPostgres

/// A statement that a handler sends, whether by mistake or because somebody got SQL into it: through the guard, bound
/// to the attacker.
struct GuardedAttack: Attack {
  enum Aim: Sendable {
    /// The statement is run at all.
    case served
    /// Its rows hold something of the victim's.
    case foreign
  }

  let id: String
  let title: String
  let verb: Verb
  let tiers: [Tier]
  let sql: String
  let aim: Aim
  let wall: Wall

  var layer: Layer { .application }
  var steps: [String] { ["In a transaction of the attacker, run: \(sql)"] }
  var expected: String {
    switch aim {
    case .served: "The guard refuses it before it reaches PostgreSQL."
    case .foreign: "Only rows of the attacker are touched."
    }
  }

  init(
    _ id: String, _ title: String, _ verb: Verb, tiers: [Tier] = Tier.allCases, aim: Aim = .foreign,
    wall: Wall = .rows, _ sql: String
  ) {
    self.id = id
    self.title = title
    self.verb = verb
    self.tiers = tiers
    self.sql = sql
    self.aim = aim
    self.wall = wall
  }

  /// Ends the transaction without effect, with what was seen.
  private struct Undone: Error { let rows: Rows }

  func run(_ field: Battlefield) async throws -> Outcome {
    let ids = field.victim.ids.mapValues(\.description)
    var text = sql
    for (kind, id) in ids { text = text.replacing("{\(kind)}", with: id) }
    text = text.replacing("{schema}", with: field.victim.tenant.record.placement.schema)
      .replacing("{carrier}", with: "t" + field.victim.tenant.id.id.hex)
      .replacing("{home}", with: field.attacker.tenant.record.placement.schema)
      .replacing("{victim}", with: "\(field.victim.tenant.id)")
    let statement = Statement(unchecked: text)
    do {
      try await field.tenant(field.attacker).transaction { transaction in
        throw Undone(rows: try await transaction.run(statement))
      }
      throw Unmakeable("the transaction ended by itself")
    } catch let undone as Undone {
      if aim == .served { return .breach("it was run") }
      let values = Set(undone.rows.texts)
      let foreign = ids.filter { values.contains($0.value) }
      guard foreign.isEmpty else {
        return .breach("rows of the victim: \(foreign.keys.sorted().joined(separator: ", "))")
      }
      return .held("\(undone.rows.count) rows, none of the victim")
    } catch let refusal as Refusal {
      return .held(refusal.description)
    } catch let error as DataError {
      // Behind the guard PostgreSQL refuses too; a statement that it cannot read would prove nothing.
      guard !error.diagnostic.contains("42601") else { throw Unmakeable(error.diagnostic) }
      return .held(error.debugDescription)
    }
  }
}

extension Catalogue {
  /// A mistake in a handler: the tenant is forgotten. What stands behind is the guard, row security and the placement.
  static let forgottenPredicates: [any Attack] = [
    GuardedAttack("application.sql.select", "SELECT without a WHERE", .access, "SELECT id FROM product"),
    GuardedAttack(
      "application.sql.byID", "SELECT by the victim's id", .access,
      "SELECT id FROM sales_order WHERE id = '{order}'"),
    GuardedAttack(
      "application.sql.join", "Join that forgets the tenant", .access,
      "SELECT o.id FROM party p JOIN sales_order o ON o.customer_id = p.id"),
    GuardedAttack(
      "application.sql.outerJoin", "Outer join that forgets the tenant", .access,
      "SELECT p.id FROM uom u LEFT JOIN product p ON p.base_uom = u.code"),
    GuardedAttack(
      "application.sql.subquery", "Sub-select that forgets the tenant", .access,
      "SELECT x.id FROM (SELECT id FROM party) AS x"),
    GuardedAttack(
      "application.sql.cte", "CTE that forgets the tenant", .access,
      "WITH x AS (SELECT id FROM party) SELECT id FROM x"),
    GuardedAttack(
      "application.sql.union", "UNION that forgets the tenant", .access,
      "SELECT id FROM lot UNION ALL SELECT id FROM product"),
    GuardedAttack(
      "application.sql.lateral", "LATERAL that forgets the tenant", .access,
      "SELECT l.id FROM party p, LATERAL (SELECT id FROM product) AS l"),
    GuardedAttack(
      "application.sql.window", "Window function that forgets the tenant", .access,
      "SELECT first_value(id) OVER (PARTITION BY id) FROM product"),
    GuardedAttack(
      "application.sql.aggregate", "Aggregate that forgets the tenant", .infer,
      "SELECT unnest(array_agg(id)) FROM product"),
    GuardedAttack(
      "application.sql.exists", "EXISTS on the victim's id", .infer,
      "SELECT '{product}' FROM uom WHERE EXISTS (SELECT 1 FROM product WHERE id = '{product}')"),
    GuardedAttack(
      "application.sql.scalar", "Scalar sub-select on the victim's id", .access,
      "SELECT (SELECT p.id FROM product p WHERE p.id = '{product}') FROM uom"),
    GuardedAttack(
      "application.sql.forUpdate", "Locks rows of the victim", .degrade,
      "SELECT id FROM product FOR NO KEY UPDATE"),
    GuardedAttack(
      "application.sql.update", "UPDATE without a WHERE", .corrupt,
      "UPDATE product SET name = name RETURNING id"),
    GuardedAttack(
      "application.sql.updateFrom", "UPDATE FROM that forgets the tenant", .corrupt,
      "UPDATE product SET name = product.name FROM uom WHERE product.base_uom = uom.code RETURNING product.id"),
    GuardedAttack(
      "application.sql.delete", "DELETE without a WHERE", .corrupt,
      "DELETE FROM party_address RETURNING id"),
    GuardedAttack(
      "application.sql.deleteUsing", "DELETE USING that forgets the tenant", .corrupt,
      "DELETE FROM party_address USING party WHERE party_address.party_id = party.id RETURNING party_address.id"),
    GuardedAttack(
      "application.sql.modifyingCTE", "Data-modifying CTE that forgets the tenant", .corrupt,
      "WITH x AS (DELETE FROM party_address RETURNING id) SELECT id FROM x"),
    GuardedAttack(
      "application.sql.insertSelect", "INSERT that copies from all tenants", .access, tiers: [.pooled],
      "INSERT INTO consumed_event (consumer, event_id) SELECT 'attack', id FROM product RETURNING event_id"),
    GuardedAttack(
      "application.sql.audit", "Audit trail read without a WHERE", .access,
      "SELECT DISTINCT '{tenant}' FROM audit_entry WHERE subject = 'tenant:{tenant}'"),
  ]

  private static func lacking(_ rules: GuardRules, _ name: String) -> Wall {
    Wall("the guard's rule: \(name)", without: Without(statements: rules))
  }

  /// The same, and the server lets the role call `signature`.
  private static func lackingFunction(_ signatures: String...) -> Wall {
    let grants = signatures.map { "FUNCTION pg_catalog.\($0)" }
    return Wall(
      "the guard's allow-list of functions, and EXECUTE is withheld",
      without: Without(statements: [.functions, .casts, .tables, .columns]),
      down: { field in
        let home = field.attacker.tenant.record.placement
        let sql = grants.map { "GRANT EXECUTE ON \($0) TO \(home.role)" }.joined(separator: ";")
        try await field.administer(sql, in: home.database)
      },
      up: { field in
        let home = field.attacker.tenant.record.placement
        let sql = grants.map { "REVOKE EXECUTE ON \($0) FROM \(home.role)" }.joined(separator: ";")
        try await field.administer(sql, in: home.database)
      })
  }

  /// What only the guard can stop: PostgreSQL has no privilege for it, or gives it to everyone.
  static let guarded: [any Attack] = [
    utility(
      "explain", "EXPLAIN, whose estimates come from all tenants' rows", .infer, "EXPLAIN SELECT id FROM {home}.product"
    ),
    utility("listen", "LISTEN on another tenant's channel", .infer, "LISTEN attack"),
    utility("set", "SET a parameter of the shared connection", .degrade, "SET statement_timeout = 1"),
    utility("reset", "RESET ALL", .degrade, "RESET ALL"),
    utility("show", "SHOW a setting", .infer, "SHOW server_version"),
    utility("prepare", "PREPARE a statement under a name of one's own", .corrupt, "PREPARE attack AS SELECT 1"),
    utility("deallocate", "DEALLOCATE the driver's statements", .degrade, "DEALLOCATE ALL"),
    utility("savepoint", "SAVEPOINT", .degrade, "SAVEPOINT attack"),
    utility(
      "declare", "DECLARE a cursor that outlives the transaction", .access,
      "DECLARE attack CURSOR WITH HOLD FOR SELECT 1"),
    utility("closeAll", "CLOSE ALL cursors", .degrade, "CLOSE ALL"),
    utility("discard", "DISCARD what the connection has cached", .degrade, "DISCARD PLANS"),
    utility("constraints", "SET CONSTRAINTS", .corrupt, "SET CONSTRAINTS ALL DEFERRED"),
    utility("isolation", "SET TRANSACTION", .degrade, "SET TRANSACTION READ ONLY"),
    utility("unlisten", "UNLISTEN what the platform listens to", .degrade, "UNLISTEN *"),
    GuardedAttack(
      "application.guard.schema", "Name a table with its schema", .access, aim: .served,
      wall: lacking([.tables, .tenantPredicate, .columns], "tables are named without a schema"),
      "SELECT 1 FROM pg_catalog.pg_class"),
    GuardedAttack(
      "application.guard.information", "Read the information schema", .infer, aim: .served,
      wall: lacking([.tables, .tenantPredicate, .columns, .casts], "tables are in the catalog"),
      "SELECT 1 FROM information_schema.tables"),
    GuardedAttack(
      "application.guard.tenantColumn", "Name the tenant's column", .access, aim: .served,
      wall: lacking([.columns], "columns"), "SELECT tenant_id FROM product"),
    GuardedAttack(
      "application.guard.star", "Ask for every column", .access, aim: .served,
      wall: lacking([.columns], "columns"), "SELECT * FROM uom"),
    GuardedAttack(
      "application.guard.wholeRow", "Ask for the row as a whole", .access, aim: .served,
      wall: lacking([.columns, .functions, .casts], "columns"), "SELECT to_json(p) FROM uom p"),
    GuardedAttack(
      "application.guard.regclass", "Turn a name into a catalog's number", .infer, aim: .served,
      wall: lacking([.casts], "types"), "SELECT 'pg_class'::regclass FROM uom"),
    GuardedAttack(
      "application.guard.regrole", "Ask for a role by its number", .infer, aim: .served,
      wall: lacking([.casts], "types"), "SELECT 10::regrole FROM uom"),
    GuardedAttack(
      "application.guard.version", "Ask for the server's version", .infer, aim: .served,
      wall: lacking([.functions], "functions"), "SELECT version() FROM uom"),
    GuardedAttack(
      "application.guard.currentSetting", "Read what carries the tenant", .infer, aim: .served,
      wall: lacking([.functions], "functions"), "SELECT current_setting('backtrace_functions') FROM uom"),
    GuardedAttack(
      "application.guard.privilege", "Ask what other roles may do", .infer, aim: .served,
      wall: lacking([.functions], "functions"), "SELECT has_database_privilege('postgres', 'CONNECT') FROM uom"),
    GuardedAttack(
      "application.guard.backend", "Ask which backend serves", .infer, aim: .served,
      wall: lacking([.functions], "functions"), "SELECT pg_backend_pid() FROM uom"),
    GuardedAttack(
      "application.guard.random", "Draw random numbers", .infer, aim: .served,
      wall: lacking([.functions], "functions"), "SELECT random() FROM uom"),
    GuardedAttack(
      "application.guard.setConfig", "Call set_config from a statement", .access, aim: .served,
      wall: lackingFunction("set_config(text, text, boolean)"),
      "SELECT set_config('application_name', 'attack', true) FROM uom"),
    GuardedAttack(
      "application.guard.sleep", "Call pg_sleep from a statement", .degrade, aim: .served,
      wall: lackingFunction("pg_sleep(double precision)"), "SELECT pg_sleep(0) FROM uom"),
    GuardedAttack(
      "application.guard.advisory", "Take an advisory lock from a statement", .degrade, aim: .served,
      wall: lackingFunction("pg_advisory_xact_lock(bigint)"), "SELECT pg_advisory_xact_lock(1) FROM uom"),
    GuardedAttack(
      "application.guard.readFile", "Read a file from a statement", .access, aim: .served,
      wall: lackingFunction("pg_read_file(text)"), "SELECT pg_read_file('PG_VERSION') FROM uom"),
    GuardedAttack(
      "application.guard.queryToXML", "Run text as SQL from a statement", .access, aim: .served,
      wall: lackingFunction("query_to_xml(text, boolean, boolean, text)"),
      "SELECT query_to_xml('SELECT 1', true, true, '') FROM uom"),
    GuardedAttack(
      "application.guard.unicode", "Hide a function behind a Unicode escape", .access, aim: .served,
      wall: lackingFunction("set_config(text, text, boolean)"),
      #"SELECT U&"\0073et_config"('application_name', 'attack', true) FROM uom"#),
    GuardedAttack(
      "application.guard.functional", "Call a function as if it were a column", .access, aim: .served,
      wall: lacking([.columns, .functions, .casts], "columns"), "SELECT p.row_to_json FROM uom p"),
    GuardedAttack(
      "application.guard.operatorFunction", "Call the function behind a cast", .infer, aim: .served,
      wall: lacking([.functions], "functions"), "SELECT pg_typeof(1) FROM uom"),
  ]

  private static func utility(_ id: String, _ title: String, _ verb: Verb, _ sql: String) -> any Attack {
    GuardedAttack(
      "application.guard.\(id)", title, verb, aim: .served,
      wall: lacking([.utility], "only SELECT, INSERT, UPDATE and DELETE"), sql)
  }
}
