import BulkheadCore
import BulkheadPostgres

/// What somebody types into a session with PostgreSQL under a login role of ours.
///
/// In `script`, `open` and `close`, names in braces stand for things of the field: `{role}` and `{database}` of the
/// session, `{schema}` of the victim, `{attacker}`, `{victim}` and `{product}` (ids of the two tenants and of a product
/// of the victim), `{carrier}` (what a bound session carries).
struct SQLAttack: Attack {
  enum Standpoint: Sendable {
    /// Stole the password of the role that reaches the victim's rows; nothing is bound.
    case thief
    /// The attacker's own role, bound to the attacker.
    case insider
  }

  /// What would be a breach.
  enum Aim: Sendable {
    /// The server does it.
    case served
    /// Afterwards the session sees the victim's rows.
    case sight
    /// A session that the role opens afterwards sees them.
    case laterSight
    /// The last result has a row that is neither empty, 0 nor false.
    case rows
    /// The last statement changes rows.
    case changes
    /// The server says that a key is taken, which only the victim's row can be the reason of.
    case conflict
    /// The server's error message holds a value, which can only be the victim's.
    case spill
  }

  let id: String
  let title: String
  let verb: Verb
  let layer: Layer
  let tiers: [Tier]
  let standpoint: Standpoint
  let script: String
  let aim: Aim
  let wallName: String
  let open: [String]
  let close: [String]
  /// Runs outside of a transaction that would undo it.
  let isAlone: Bool

  init(
    _ id: String, _ title: String, _ verb: Verb, in layer: Layer = .sql, tiers: [Tier] = Tier.allCases,
    by standpoint: Standpoint = .thief, _ script: String, aim: Aim = .served, isAlone: Bool = false, _ wall: SQLWall
  ) {
    self.id = id
    self.title = title
    self.verb = verb
    self.layer = layer
    self.tiers = tiers
    self.standpoint = standpoint
    self.script = script
    self.aim = aim
    self.isAlone = isAlone
    wallName = wall.name
    open = wall.open
    close = wall.close
  }

  var steps: [String] {
    let who =
      switch standpoint {
      case .thief: "Log in to PostgreSQL as the role that reaches the victim's rows, with nothing bound."
      case .insider: "Log in to PostgreSQL as the attacker's own role and bind the attacker."
      }
    return [who, "Send: \(script)"]
  }

  var expected: String {
    switch aim {
    case .served: "PostgreSQL refuses it."
    case .sight, .laterSight: "It is refused, or the session still sees no row of the victim."
    case .rows: "It is refused, or brings nothing."
    case .changes: "It is refused, or changes nothing."
    case .conflict: "The row is taken: the victim's key is in nobody's way."
    case .spill: "There is no row to fail on, so no message with a value."
    }
  }

  var wall: Wall {
    Wall(
      wallName, down: { field in try await administer(open, field) },
      up: { field in try await administer(close, field) })
  }

  private func administer(_ statements: [String], _ field: Battlefield) async throws {
    guard !statements.isEmpty else { return }
    try await field.deployment.administer(statements.map { fill($0, field) }, in: home(field).database)
  }

  private func home(_ field: Battlefield) -> Placement {
    switch standpoint {
    case .thief: field.victim.tenant.record.placement
    case .insider: field.attacker.tenant.record.placement
    }
  }

  private func fill(_ text: String, _ field: Battlefield) -> String {
    let home = self.home(field)
    let values = [
      "{role}": home.role, "{database}": home.database, "{schema}": field.victim.tenant.record.placement.schema,
      "{attacker}": "\(field.attacker.tenant.id)", "{victim}": "\(field.victim.tenant.id)",
      "{product}": field.victim.ids["product"]?.description ?? "",
      "{carrier}": "t" + field.victim.tenant.id.id.hex, "{slug}": field.victim.tenant.slug,
      "{fresh}": "F\(Maker.fresh())",
    ]
    return values.reduce(text) { $0.replacing($1.key, with: $1.value) }
  }

  func run(_ field: Battlefield) async throws -> Outcome {
    let session = try await standpoint == .thief ? field.thief() : field.insider()
    defer { session.close() }
    do throws(PostgresError) {
      if !isAlone { try await session.script("BEGIN") }
      if standpoint == .insider {
        try await session.script("SELECT bulkhead.bind('\(field.bindToken(field.attacker, pid: session.backendPID))')")
      }
    } catch { throw Unmakeable("no session: \(error.brief)") }
    let outcome = try await attempt(session, field)
    await session.rollBack()
    return outcome
  }

  private func attempt(_ session: PostgresConnection, _ field: Battlefield) async throws -> Outcome {
    let rows: Rows
    do throws(PostgresError) {
      rows = try await session.script(fill(script, field))
    } catch {
      return try refused(error)
    }
    switch aim {
    case .served: return .breach("the server did it")
    case .sight: return try await seen(by: session, field)
    case .laterSight:
      // What was set for the role takes effect with its next session.
      let later = try await field.thief()
      defer { later.close() }
      return try await seen(by: later, field)
    case .rows:
      let found = rows.texts.first { !["", "0", "f"].contains($0) }
      return found.map { .breach("it brought \($0.prefix(60))") } ?? .held("it brought nothing")
    case .changes:
      return rows.affected > 0 ? .breach("\(rows.affected) rows changed") : .held("no row changed")
    case .conflict, .spill: return .held("served, and nothing was told")
    }
  }

  private func seen(by session: PostgresConnection, _ field: Battlefield) async throws -> Outcome {
    do throws(PostgresError) {
      let count = try await session.sight(of: field.victim)
      return count > 0 ? .breach("\(count) products of the victim are seen") : .held("0 rows of the victim are seen")
    } catch { return .held("then refused: \(error.brief)") }
  }

  private func refused(_ error: PostgresError) throws -> Outcome {
    guard error.kind == .server || error.kind == .connectionLost else { throw Unmakeable(error.brief) }
    // A statement that the server cannot even read proves nothing.
    guard error.sqlState != "42601" else { throw Unmakeable("not SQL: \(error.brief)") }
    if aim == .conflict, error.sqlState == "23505" { return .breach("the key is said to be taken: \(error.brief)") }
    if aim == .spill, error.sqlState == "22P02" { return .breach("the message holds a value: \(error.brief)") }
    return .held(error.brief)
  }
}

/// Statements that take a wall of the database away and put it back.
struct SQLWall: Sendable {
  let name: String
  let open: [String]
  let close: [String]

  init(_ name: String, open: [String], close: [String]) {
    self.name = name
    self.open = open
    self.close = close
  }

  /// The role is a superuser.
  static let ordinaryRole = SQLWall(
    "the login role is no superuser", open: ["ALTER ROLE {role} SUPERUSER"], close: ["ALTER ROLE {role} NOSUPERUSER"])

  /// The role passes row security.
  static let noBypass = SQLWall(
    "the login role cannot pass row security", open: ["ALTER ROLE {role} BYPASSRLS"],
    close: ["ALTER ROLE {role} NOBYPASSRLS"])

  /// Everyone may see and change every row of `table`.
  static func policy(_ table: String = "product") -> SQLWall {
    SQLWall(
      "the tenant's policy on \(table)",
      open: ["CREATE POLICY attack_leak ON {schema}.\(table) USING (true) WITH CHECK (true)"],
      close: ["DROP POLICY IF EXISTS attack_leak ON {schema}.\(table)"])
  }

  /// The role may call a function: `pg_sleep(double precision)`.
  static func function(_ signatures: String...) -> SQLWall {
    let all = signatures.map { $0.contains("bulkhead.") ? $0 : "pg_catalog.\($0)" }
    return SQLWall(
      "EXECUTE on \(signatures.joined(separator: ", ")) is withheld",
      open: all.map { "GRANT EXECUTE ON FUNCTION \($0) TO {role}" },
      close: all.map { "REVOKE EXECUTE ON FUNCTION \($0) FROM {role}" })
  }

  /// The role may `privilege` (`SELECT`) a relation.
  static func relation(_ privilege: String, on relation: String) -> SQLWall {
    SQLWall(
      "\(privilege) on \(relation) is withheld", open: ["GRANT \(privilege) ON \(relation) TO {role}"],
      close: ["REVOKE \(privilege) ON \(relation) FROM {role}"])
  }

  /// The role enters the victim's schema and is let past its rows' security.
  static let closedSchema = SQLWall(
    "the victim's schema and rows are closed to other roles",
    open: [
      "GRANT USAGE ON SCHEMA {schema} TO {role}", "GRANT SELECT (id, tenant_id) ON {schema}.product TO {role}",
      "CREATE POLICY attack_leak ON {schema}.product TO {role} USING (true)",
    ],
    close: [
      "DROP POLICY attack_leak ON {schema}.product", "REVOKE SELECT (id, tenant_id) ON {schema}.product FROM {role}",
      "REVOKE USAGE ON SCHEMA {schema} FROM {role}",
    ])

  /// The role may set what carries the tenant.
  static let carrier = SQLWall(
    "the carrier of the binding cannot be set by the role",
    open: ["GRANT SET ON PARAMETER backtrace_functions TO {role}"],
    close: ["REVOKE SET ON PARAMETER backtrace_functions FROM {role}"])

  static func member(of role: String) -> SQLWall {
    SQLWall(
      "the login role is no member of \(role)", open: ["GRANT \(role) TO {role}"],
      close: ["REVOKE \(role) FROM {role}"])
  }

  func and(_ other: SQLWall) -> SQLWall {
    SQLWall("\(name); \(other.name)", open: open + other.open, close: other.close + close)
  }
}
