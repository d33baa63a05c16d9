import BulkheadCore
import BulkheadData
import BulkheadPostgres

/// Attacker and victim of one tier. Business ids are the same in both.
struct Duel: Sendable {
  let tier: Tier
  let attacker: Side
  let victim: Side
}

/// Where one attack is made: two tenants of one tier, a running system, and every door that an attacker might find.
struct Battlefield: Sendable {
  let deployment: Deployment
  let stand: Stand
  let duel: Duel
  /// This is a control: the attack's wall has been taken away.
  let isControl: Bool

  var tier: Tier { duel.tier }
  var attacker: Side { duel.attacker }
  var victim: Side { duel.victim }
  var platform: Platform { stand.platform }

  /// A connection of a login role with nothing bound: what somebody has who stole the role's password.
  func raw(role: String, database: String, more: [(String, String)] = []) async throws -> PostgresConnection {
    let cluster = platform.cluster
    let address = cluster.cells.main.address
    let parameters = [
      ("host", address.host), ("port", String(address.port)), ("dbname", database), ("user", role),
      ("password", cluster.credentials.password(ofRole: role).withValue { $0 }),
    ]
    return try await PostgresConnection.connect(
      parameters + more, reactor: cluster.reactor, deadline: .now + .seconds(10))
  }

  /// A thief of the login role under which the victim's rows are reached, in the victim's database.
  func thief(_ more: [(String, String)] = []) async throws -> PostgresConnection {
    let home = victim.tenant.record.placement
    return try await raw(role: home.role, database: home.database, more: more)
  }

  /// The attacker's own login role in the attacker's own database.
  func insider() async throws -> PostgresConnection {
    let home = attacker.tenant.record.placement
    return try await raw(role: home.role, database: home.database)
  }

  /// Runs `sql` as the administrator.
  @discardableResult
  func administer(_ sql: String, in database: String) async throws -> Rows {
    try await deployment.administer(sql, in: database)
  }

  /// The handle that the attacker's own requests get: through the guard, bound by the data path.
  func tenant(_ side: Side) async throws -> Tenant {
    platform.path.tenant(
      try await platform.identity.operatorContext(for: side.tenant.id, actor: platform.operatorActor))
  }
}
