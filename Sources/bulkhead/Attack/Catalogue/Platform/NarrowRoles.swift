import BulkheadCore
import BulkheadLifecycle
import BulkheadPostgres

/// What a thief of the relay's or the keeper's password may type.
struct NarrowRoleAttack: Attack {
  let id: String
  let title: String
  let verb: Verb
  let role: String
  let script: String

  init(_ id: String, _ title: String, _ verb: Verb, role: String, _ script: String) {
    self.id = "infrastructure.role.\(id)"
    self.title = title
    self.verb = verb
    self.role = role
    self.script = script
  }

  var layer: Layer { .infrastructure }
  var tiers: [Tier] { Tier.allCases }
  var steps: [String] { ["Log in as \(role).", "Send: \(script)"] }
  var expected: String { "PostgreSQL refuses it." }

  var wall: Wall {
    Wall(
      "\(role) has its few grants and no more",
      down: { try await $0.administer("ALTER ROLE \(role) SUPERUSER", in: "postgres") },
      up: { try await $0.administer("ALTER ROLE \(role) NOSUPERUSER", in: "postgres") })
  }

  func run(_ field: Battlefield) async throws -> Outcome {
    let home = field.victim.tenant.record.placement
    let session = try await field.raw(role: role, database: home.database)
    defer { session.close() }
    do throws(PostgresError) {
      try await session.script("BEGIN")
      try await session.script(
        script.replacing("{schema}", with: home.schema).replacing("{victim}", with: "\(home.tenant)")
          .replacing("{token}", with: field.bindToken(field.victim, pid: session.backendPID)))
      await session.rollBack()
      return .breach("the server did it")
    } catch {
      guard error.kind == .server, error.sqlState != "42601" else { throw Unmakeable(error.brief) }
      return .held(error.brief)
    }
  }
}

extension Catalogue {
  static let narrowRoles: [any Attack] = [
    NarrowRoleAttack(
      "relayRead", "The relay reads a table", .access, role: "bulkhead_relay",
      "SELECT id FROM {schema}.product"),
    NarrowRoleAttack(
      "relayOrders", "The relay reads orders", .access, role: "bulkhead_relay",
      "SELECT id FROM {schema}.sales_order"),
    NarrowRoleAttack(
      "relayRewrite", "The relay changes an envelope", .corrupt, role: "bulkhead_relay",
      "UPDATE {schema}.outbox SET envelope = envelope"),
    NarrowRoleAttack(
      "relayTopic", "The relay changes what an event is about", .corrupt, role: "bulkhead_relay",
      "UPDATE {schema}.outbox SET topic = 'attack'"),
    NarrowRoleAttack(
      "relayDelete", "The relay deletes stored answers", .corrupt, role: "bulkhead_relay",
      "DELETE FROM {schema}.idempotency_key"),
    NarrowRoleAttack(
      "relayInsert", "The relay makes an event up", .corrupt, role: "bulkhead_relay",
      """
      INSERT INTO {schema}.outbox (tenant_id, id, topic, key, envelope) \
      VALUES ('{victim}', gen_random_uuid(), 'x', 'x', 'x')
      """),
    NarrowRoleAttack(
      "relayTruncate", "The relay empties the outbox", .degrade, role: "bulkhead_relay",
      "TRUNCATE {schema}.outbox"),
    NarrowRoleAttack(
      "relayKeys", "The relay reads the bind keys", .access, role: "bulkhead_relay",
      "SELECT inner_pad FROM bulkhead.bind_key"),
    NarrowRoleAttack(
      "keeperRead", "The keeper reads the bind keys back", .access, role: "bulkhead_keeper",
      "SELECT inner_pad FROM bulkhead.bind_key"),
    NarrowRoleAttack(
      "keeperOuter", "The keeper reads the other half of the bind keys", .access,
      role: "bulkhead_keeper", "SELECT outer_pad FROM bulkhead.bind_key"),
    NarrowRoleAttack(
      "keeperChange", "The keeper changes a bind key", .access, role: "bulkhead_keeper",
      "UPDATE bulkhead.bind_key SET inner_pad = outer_pad"),
    NarrowRoleAttack(
      "keeperTable", "The keeper reads a table", .access, role: "bulkhead_keeper",
      "SELECT id FROM {schema}.product"),
    NarrowRoleAttack(
      "keeperPlacement", "The keeper moves a tenant", .corrupt, role: "bulkhead_keeper",
      "UPDATE bulkhead.placement SET epoch = epoch + 1"),
  ]
}
