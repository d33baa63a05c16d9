import BulkheadCore
import BulkheadGuard
import BulkheadKeys
import BulkheadPostgres

/// What single walls cost, measured in this process.
struct MicroFigures {
  /// Nanoseconds.
  var guardSeen = 0.0
  var tokenRemembered = 0.0
  var bindTokenReused = 0.0
  var orderBodyParsed = 0.0
  /// Microseconds.
  var tokenCold = 0.0
  var bindTokenMinted = 0.0
  /// Microseconds for one round trip on one connection, medians of alternating batches.
  var plainQuery = 0.0
  var boundQuery = 0.0

  private static let iterations = 200_000
  private static let rounds = 7

  static let statement = Statement(
    "SELECT p.id, p.sku, p.name, p.base_uom FROM product AS p WHERE p.sku = $1 ORDER BY p.id LIMIT $2")
  private static let plain =
    """
    SELECT p.id, p.sku, p.name, p.base_uom FROM product AS p
    WHERE p.tenant_id = $3 AND p.sku = $1 ORDER BY p.id LIMIT $2
    """

  static func measure(_ system: SystemUnderTest) async throws -> MicroFigures {
    var figures = MicroFigures()
    let wall = StatementGuard(catalog: GuardCatalog(tables: ["product": .tenant]))
    let verdict = try wall.verdict(statement, schema: BenchDatabase.pooledSchema)
    figures.guardSeen = try time { _ = try wall.verdict(statement, schema: BenchDatabase.pooledSchema) }
    let body = Stage.body(poNumber: "4500000042").utf8
    figures.orderBodyParsed = try time { _ = try JSONParser.parse(body) }
    try await tokens(&figures, system)
    try await queries(&figures, verdict, system)
    return figures
  }

  private static func tokens(_ figures: inout MicroFigures, _ system: SystemUnderTest) async throws {
    let ambient = Ambient()
    let master = system.database.master
    let ring = KeyRing(store: MemoryKeyStore(), sealer: SecretSealer(master: master), ambient: ambient)
    let tenant = TenantID(system.tenant)
    try await ring.rotate(tenant)
    let issued = try await TokenIssuer(ring: ring, ambient: ambient).issue(
      tenant: tenant, actor: Actor(kind: .service, id: ambient.makeID()),
      permissions: PermissionSet(["orders.read", "orders.write"]))
    let text = issued.text.withValue { $0 }
    let verifier = TokenVerifier(ring: ring, clock: ambient.clock)
    try await verifier.refresh(from: NoRevocations())
    _ = try await verifier.verify(text)
    figures.tokenRemembered = try time {
      guard verifier.remembered(text) != nil else { throw BenchFailure("the token was forgotten") }
    }
    var cold: [Double] = []
    for _ in 0..<200 {
      let fresh = TokenVerifier(ring: ring, clock: ambient.clock)
      try await fresh.refresh(from: NoRevocations())
      let start = ContinuousClock.now
      _ = try await fresh.verify(text)
      cold.append((ContinuousClock.now - start).microseconds)
    }
    figures.tokenCold = Series(cold).median
    let keys = BindKeys(master: master, cell: BenchDatabase.cell)
    let now = ambient.now
    figures.bindTokenReused = try time { _ = keys.bindToken(tenant: tenant, epoch: 1, backendPID: 1, now: now) }
    var pid: Int32 = 1
    figures.bindTokenMinted =
      try time {
        pid += 1
        _ = keys.bindToken(tenant: tenant, epoch: 1, backendPID: pid, now: now)
      } / 1000
  }

  private static func queries(
    _ figures: inout MicroFigures, _ verdict: GuardedStatement, _ system: SystemUnderTest
  ) async throws {
    let administrator = try await system.database.connect(as: BenchDatabase.administrator)
    let pooled = try await system.database.connect(as: BenchDatabase.pooledRole)
    defer {
      administrator.close()
      pooled.close()
    }
    let placement = try await administrator.roundTrip(
      [.once(text: "SELECT epoch FROM bulkhead.placement WHERE tenant_id = $1", parameters: [.id(system.tenant)])],
      deadline: nil)
    guard let epoch = try placement[0].first?.int(0) else { throw BenchFailure("the tenant has no placement") }
    let keys = BindKeys(master: system.database.master, cell: BenchDatabase.cell)
    let parameters: [SQLValue] = ["WIDGET-001", 10, .id(system.tenant)]
    let plainCommands: [Command] = [.prepared(text: plain, parameters: parameters)]
    var series: (plain: [Double], bound: [Double]) = ([], [])
    for _ in 0..<2 * rounds {
      series.plain.append(
        try await batch { try await administrator.roundTrip(plainCommands, deadline: nil)[0].count })
      series.bound.append(
        try await batch {
          let token = keys.bindToken(
            tenant: TenantID(system.tenant), epoch: Int32(epoch), backendPID: pooled.backendPID,
            now: SystemClock().now())
          return try await pooled.roundTrip(
            [
              .prepared(text: "SELECT bulkhead.bind($1)", parameters: [.text(token)]),
              .prepared(text: verdict.text, parameters: parameters),
            ], deadline: nil)[1].count
        })
    }
    figures.plainQuery = Series(series.plain).median
    figures.boundQuery = Series(series.bound).median
  }

  /// Microseconds of one round trip, over a batch of them.
  private static func batch(_ body: () async throws -> Int) async throws -> Double {
    let count = 500
    let start = ContinuousClock.now
    for _ in 0..<count {
      guard try await body() == 1 else { throw BenchFailure("the product was not found") }
    }
    return (ContinuousClock.now - start).microseconds / Double(count)
  }

  /// Nanoseconds of one call, the median of several rounds.
  private static func time(_ body: () throws -> Void) throws -> Double {
    var results: [Double] = []
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      for _ in 0..<iterations / 10 { try body() }
      results.append((ContinuousClock.now - start).microseconds * 1000 / Double(iterations / 10))
    }
    return Series(results).median
  }
}

extension Duration {
  var microseconds: Double {
    Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
  }
}
