import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer
import BulkheadWork
import Distribution

@testable import BulkheadKeys
@testable import bulkhead

/// What may be different about a world: nothing, or one planted fault.
struct WorldSeams: Sendable {
  var application = Application.Seams()
  var platform = Platform.Seams()
  /// Stands between the worker and the tenant of a job.
  var jobTenant: @Sendable (TenantContext, any SessionSource) -> Tenant = { Tenant($0, source: $1) }
  /// Sees every answer on its way out, with the request and the tenant that asked.
  var exit: @Sendable (Sent, TenantID, Seen) -> Seen = { _, _, seen in seen }
  /// May answer a request before the application sees it.
  var entrance: @Sendable (Sent, TenantID) -> Seen? = { _, _ in nil }
}

/// A running system over a house: platform, application and jobs, without sockets.
final class World: Sendable {
  let house: House
  let seams: WorldSeams
  let application: Application
  let deliveries: Deliveries
  let jobs: Pump
  private let upkeep: Task<Void, any Error>

  var platform: Platform { application.platform }
  var api: API { application.api }
  var ambient: Ambient { platform.ambient }
  var routes: [Route] { application.api.table.routes }

  private init(_ house: House, _ seams: WorldSeams, _ application: Application, _ deliveries: Deliveries) throws {
    self.house = house
    self.seams = seams
    self.application = application
    self.deliveries = deliveries
    jobs = try Pump(application, seams)
    let service = UpkeepService(platform: application.platform, verifier: application.verifier)
    upkeep = Task { try await service.run() }
  }

  static func open(_ house: House, _ seams: WorldSeams = WorldSeams()) async throws -> World {
    var limits = Platform.Limits()
    // Far from the bounds: a flood that makes others wait is another promise, with tests of its own.
    limits.leases = LeaseLimits(totalMax: 48, perTenantMax: 8, waitersPerTenantMax: 256)
    limits.pool.openMax = 64
    let ambient = Ambient(clock: OrderedTime())
    let platform = try await Platform.open(
      house.cluster, ambient: ambient, limits: limits, seams: seams.platform, logger: .silent)
    try await platform.furnish()
    let deliveries = Deliveries()
    var inner = seams.application
    inner.passwordCost = ScryptCost(logN: 4, blockSize: 8, parallelism: 1) ?? .standard
    let application = try Application(
      platform, modules: Modules(platform, transport: deliveries, mail: deliveries), options: house.options,
      hostSuffix: nil,
      seams: inner, accessLog: false)
    try await application.prepare()
    return try World(house, seams, application, deliveries)
  }

  func close() {
    upkeep.cancel()
    platform.close()
  }

  /// Makes a tenant with the demonstration company and a trading partner, and notes how it looks.
  func admit(slug: String, tier: Tier, address: String, number: Int) async throws -> Resident {
    let record = try await platform.provisioner(house.options).create(
      TenantRequest(slug: slug, name: "Company \(tier.rawValue)", tier: tier), actor: platform.operatorActor)
    let tenant = try await platform.operatorTenant(record, reason: "test data")
    try await DemoCompany.seed(in: tenant, application.modules.services)
    try await platform.allot(scheme: "x12", address: "ZZ:\(address)", to: record)
    let token = try await token(record)
    let door = try Door(application.api, peer: "10.0.0.1")
    func post(_ path: String, _ body: JSON) async throws -> JSON {
      let seen = try await door.call(
        Sent(
          method: "POST", path: path,
          fields: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")], body: body.utf8))
      guard let id = seen.json?["id"] else { throw Unmade(answer: String(decoding: seen.body, as: UTF8.self)) }
      return id
    }
    let list = try await door.call(
      Sent(
        method: "GET", path: "/v1/parties?code=\(DemoCompany.customer)", fields: [("Authorization", "Bearer \(token)")]
      ))
    let party = list.json?["items"]?[0]?["id"] ?? .null
    let partner = try await post("/v1/edi/partners", ["party": party])
    _ = try await post(
      "/v1/edi/channels", ["partner": partner, "name": "van", "deliveryUrl": "http://buyer.test/edi"])
    _ = try await post(
      "/v1/edi/agreements",
      [
        "partner": partner, "ourQualifier": "ZZ", "ourId": .string(address), "theirQualifier": "ZZ",
        "theirId": .string(Purchase.buyer), "version": "004010", "usage": "T",
      ])
    let home = try await Snapshot.take(record, number: number, house.cluster.cells.main)
    return Resident(record: record, address: address, home: home)
  }

  struct Unmade: Error { let answer: String }

  /// Puts a tenant back to how it was when it was made.
  func putBack(_ resident: Resident) async throws {
    try await resident.home.putBack(house)
    platform.ring.cache.forget(resident.id)
    deliveries.forget(resident.id)
  }

  /// A credential with everything that an administrator may do, or with `permissions`.
  func token(_ record: TenantRecord, permissions: PermissionSet? = nil) async throws -> String {
    let issuer = TokenIssuer(ring: platform.ring, ambient: platform.ambient)
    let token = try await issuer.issue(
      tenant: record.id, actor: Actor(kind: .service, id: platform.ambient.makeID()),
      permissions: permissions ?? platform.roles.all, lifetime: .seconds(86_400))
    return token.text.withValue { $0 }
  }
}
