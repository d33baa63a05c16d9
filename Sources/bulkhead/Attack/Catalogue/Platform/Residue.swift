import BulkheadCore
import BulkheadData
import BulkheadPostgres

/// What one tenant leaves on a connection that another gets next.
struct ResidueAttack: Attack {
  let id: String
  let title: String
  let verb: Verb
  /// What the attacker's handler sends.
  let plant: String
  /// What the victim then asks on the same connection; a row that is neither empty nor 0, or a failure, is the residue.
  let probe: String

  init(_ id: String, _ title: String, _ verb: Verb, plant: String, probe: String) {
    self.id = "cache.residue.\(id)"
    self.title = title
    self.verb = verb
    self.plant = plant
    self.probe = probe
  }

  var layer: Layer { .cache }
  var tiers: [Tier] { [.pooled] }
  var steps: [String] {
    ["In a transaction of the attacker: \(plant)", "On the connection that the victim gets next: \(probe)"]
  }
  var expected: String { "Nothing of it is left." }
  var wall: Wall {
    .inAttack("guard and pool: the control hands the bare connection of a privileged role from one to the other")
  }

  func run(_ field: Battlefield) async throws -> Outcome {
    if field.isControl { return try await bare(field) }
    for statement in plant.split(separator: ";") {
      let text = String(statement).trimmingPrefix { $0 == " " }
      do {
        _ = try await field.tenant(field.attacker).transaction { transaction in
          try await transaction.run(Statement(unchecked: String(text)))
        }
      } catch is Refusal {} catch is DataError {}
    }
    let home = Home(field.victim.tenant.record.placement)
    return try await field.platform.path.withoutTenantIsolation(reason: "attack", in: home) { connection in
      await inspect(connection)
    }
  }

  /// The same on a connection that is handed on as it is.
  private func bare(_ field: Battlefield) async throws -> Outcome {
    let home = field.victim.tenant.record.placement
    return try await field.deployment.cluster.cells.main.connected(to: home.database) { connection in
      try await connection.script(plant)
      return await inspect(connection)
    }
  }

  private func inspect(_ connection: PostgresConnection) async -> Outcome {
    do throws(PostgresError) {
      let rows = try await connection.script(probe)
      let left = rows.texts.first { !["", "0", "f"].contains($0) }
      return left.map { .breach("left behind: \($0.prefix(60))") } ?? .held("nothing is left")
    } catch {
      await connection.rollBack()
      // What the role may not even ask about is not left for it to find.
      return error.sqlState == "42501" || error.sqlState == "26000" || error.sqlState == "34000"
        ? .held(error.brief) : .breach("the next one is disturbed: \(error.brief)")
    }
  }
}

extension Catalogue {
  static let residue: [any Attack] = [
    ResidueAttack(
      "prepared", "A prepared statement", .access, plant: "PREPARE attack AS SELECT 'planted'",
      probe: "EXECUTE attack"),
    ResidueAttack(
      "cursor", "A cursor that outlives its transaction", .access,
      plant: "BEGIN; DECLARE attack CURSOR WITH HOLD FOR SELECT 'planted'; COMMIT", probe: "FETCH attack"),
    ResidueAttack(
      "timeout", "A statement timeout of one millisecond", .degrade, plant: "SET statement_timeout = 1",
      probe:
        "SELECT count(*) FROM generate_series(1, 1500) a, generate_series(1, 1500) b WHERE a + b < 0"
    ),
    ResidueAttack(
      "readOnly", "A session that is read only", .degrade, plant: "SET default_transaction_read_only = on",
      probe: "SELECT (current_setting('default_transaction_read_only') = 'on')::int"),
    ResidueAttack(
      "searchPath", "A search path of the attacker's", .access, plant: "SET search_path = pooled",
      probe: "SELECT (current_setting('search_path') = 'pooled')::int"),
    ResidueAttack(
      "escapes", "Another way to read backslashes", .access, plant: "SET standard_conforming_strings = off",
      probe: "SELECT (current_setting('standard_conforming_strings') = 'off')::int"),
    ResidueAttack(
      "role", "Another role", .access, plant: "SET ROLE bulkhead_placement",
      probe: "SELECT (current_user <> session_user)::int"),
    ResidueAttack(
      "memory", "All the memory for one session", .degrade, plant: "SET work_mem = '1GB'",
      probe: "SELECT (current_setting('work_mem') = '1GB')::int"),
    ResidueAttack(
      "temp", "A temporary table that stands in for a shared one", .access,
      plant: "CREATE TEMP TABLE product AS SELECT 'planted' AS id",
      probe: "SELECT count(*) FROM pg_class WHERE relname = 'product' AND relpersistence = 't'"),
    ResidueAttack(
      "lock", "An advisory lock for the whole session", .degrade, plant: "SELECT pg_advisory_lock(4712)",
      probe: "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"),
    ResidueAttack(
      "listen", "An ear on a channel", .infer, plant: "LISTEN attack", probe: "SELECT pg_listening_channels()"),
  ]
}
