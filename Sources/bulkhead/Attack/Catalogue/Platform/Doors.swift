import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres

/// A login role at the door of a database where it has no business.
struct DoorAttack: Attack {
  let id: String
  let title: String
  let tiers: [Tier]
  let more: [(String, String)]
  let roleWall: SQLWall?
  private let door: @Sendable (Battlefield) -> (role: String, database: String)

  init(
    _ id: String, _ title: String, tiers: [Tier] = [.pooled], more: [(String, String)] = [], _ wall: SQLWall? = nil,
    _ door: @escaping @Sendable (Battlefield) -> (role: String, database: String)
  ) {
    self.id = "infrastructure.door.\(id)"
    self.title = title
    self.tiers = tiers
    self.more = more
    self.roleWall = wall
    self.door = door
  }

  var verb: Verb { .access }
  var layer: Layer { .infrastructure }
  var steps: [String] { ["Connect with the role's own password."] }
  var expected: String { "The connection is refused." }

  var wall: Wall {
    Wall(
      roleWall?.name ?? "CONNECT on the database is withheld",
      down: { field in try await administer(field) { $0.open } },
      up: { field in try await administer(field) { $0.close } })
  }

  private func administer(_ field: Battlefield, _ pick: (SQLWall) -> [String]) async throws {
    let (role, database) = door(field)
    let wall = roleWall ?? .relation("CONNECT", on: "DATABASE {database}")
    let statements = pick(wall).map {
      $0.replacing("{role}", with: role).replacing("{database}", with: database)
    }
    try await field.administer(statements.joined(separator: ";"), in: "postgres")
  }

  func run(_ field: Battlefield) async throws -> Outcome {
    let (role, database) = door(field)
    do {
      let connection = try await field.raw(role: role, database: database, more: more)
      connection.close()
      return .breach("\(role) got into \(database)")
    } catch let error as PostgresError {
      let text = error.message ?? error.description
      // A server that cannot be reached at all proves nothing.
      guard text.contains("FATAL") || error.sqlState != nil else { throw Unmakeable(text) }
      return .held(String(text.split(separator: "FATAL:").last ?? "refused").trimmed)
    }
  }
}

extension String {
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}

extension Catalogue {
  static let doors: [any Attack] = [
    DoorAttack("victim", "The attacker's role at the victim's own database", tiers: [.dedicated]) {
      ($0.attacker.tenant.record.placement.role, $0.victim.tenant.record.placement.database)
    },
    DoorAttack("shared", "A dedicated tenant's role at the shared database", tiers: [.dedicated]) {
      ($0.attacker.tenant.record.placement.role, Installation.cellDatabase)
    },
    DoorAttack("dedicated", "The shared pool's role at a dedicated database", tiers: [.dedicated]) {
      (Installation.pooledRole, $0.victim.tenant.record.placement.database)
    },
    DoorAttack("registry", "A tenant's role at the platform's registry", tiers: Tier.allCases) {
      ($0.attacker.tenant.record.placement.role, ControlDatabase.databaseName)
    },
    DoorAttack("postgres", "A tenant's role at the administrator's database", tiers: Tier.allCases) {
      ($0.attacker.tenant.record.placement.role, "postgres")
    },
    DoorAttack("template", "A tenant's role at the template of new databases", tiers: Tier.allCases) {
      ($0.attacker.tenant.record.placement.role, "template1")
    },
    DoorAttack("relay", "The relay at the registry") { _ in ("bulkhead_relay", ControlDatabase.databaseName) },
    DoorAttack("keeper", "The keeper at the registry") { _ in ("bulkhead_keeper", ControlDatabase.databaseName) },
    DoorAttack("control", "The registry's role at the tenants' database") { _ in
      (ControlDatabase.role, Installation.cellDatabase)
    },
    DoorAttack("controlDedicated", "The registry's role at a dedicated database", tiers: [.dedicated]) {
      (ControlDatabase.role, $0.victim.tenant.record.placement.database)
    },
    DoorAttack(
      "replication", "A tenant's role reads the log as a replica", tiers: Tier.allCases,
      more: [("replication", "database")],
      SQLWall(
        "the role has no REPLICATION", open: ["ALTER ROLE {role} REPLICATION"],
        close: ["ALTER ROLE {role} NOREPLICATION"])
    ) {
      let home = $0.attacker.tenant.record.placement
      return (home.role, home.database)
    },
    DoorAttack(
      "owner", "A tenant's role starts its session as the owner", tiers: Tier.allCases,
      more: [("options", "-c role=bulkhead_owner")], .member(of: "bulkhead_owner")
    ) {
      let home = $0.attacker.tenant.record.placement
      return (home.role, home.database)
    },
    DoorAttack(
      "carrier", "A tenant's role starts its session with the victim bound", tiers: Tier.allCases,
      more: [("options", "-c backtrace_functions=t00000000000000000000000000000001")], .carrier
    ) {
      let home = $0.attacker.tenant.record.placement
      return (home.role, home.database)
    },
    DoorAttack(
      "replicaMode", "A tenant's role starts its session without triggers", tiers: Tier.allCases,
      more: [("options", "-c session_replication_role=replica")],
      SQLWall(
        "SET on session_replication_role is withheld",
        open: ["GRANT SET ON PARAMETER session_replication_role TO {role}"],
        close: ["REVOKE SET ON PARAMETER session_replication_role FROM {role}"])
    ) {
      let home = $0.attacker.tenant.record.placement
      return (home.role, home.database)
    },
  ]
}
