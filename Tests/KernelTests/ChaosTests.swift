import AsyncHTTPClient
import BulkheadCore
import BulkheadData
import NIOCore
import Testing

@testable import bulkhead

@Suite("kill -9 in a burst of orders loses and doubles nothing", .serialized)
struct ChaosTests {
  static let ordersPerTenant = 40

  @Test("the server")
  func server() async throws {
    let house = try await ChaosHouse.shared()
    try await house.startPostgres()
    let burst = Burst("server", house, ordersPerTenant: Self.ordersPerTenant)
    let first = try house.start("up", ["--no-demo", "--port", "0"])
    burst.send(to: try await first.ready()["url"]?.string ?? "")
    async let running: Void = burst.run()
    try await burst.reaches(0.3)
    first.kill()
    #expect(burst.count < burst.size, "killed in the middle")

    let second = try house.start("up", ["--no-demo", "--port", "0"])
    burst.send(to: try await second.ready()["url"]?.string ?? "")
    try await running
    #expect(burst.retries > 0, "the clients noticed")
    try await expectNothingLostOrDoubled(burst, house)
    second.kill()
  }

  @Test("PostgreSQL, under a server that goes on by itself when it is back")
  func postgres() async throws {
    let house = try await ChaosHouse.shared()
    try await house.startPostgres()
    let burst = Burst("postgres", house, ordersPerTenant: Self.ordersPerTenant)
    let server = try house.start("up", ["--no-demo", "--port", "0"])
    burst.send(to: try await server.ready()["url"]?.string ?? "")
    async let running: Void = burst.run()
    try await burst.reaches(0.3)
    try house.killPostgres()
    #expect(burst.count < burst.size, "killed in the middle")
    try await house.startPostgres()
    try await running
    #expect(burst.retries > 0, "the clients noticed")
    try await expectNothingLostOrDoubled(burst, house)
    server.kill()
  }

  @Test("the worker")
  func worker() async throws {
    let house = try await ChaosHouse.shared()
    try await house.startPostgres()
    let burst = Burst("worker", house, ordersPerTenant: Self.ordersPerTenant)
    let server = try house.start("serve", ["--port", "0", "--no-access-log"])
    burst.send(to: try await server.ready()["url"]?.string ?? "")
    let first = try house.start("work")
    _ = try await first.ready()
    async let running: Void = burst.run()
    try await burst.reaches(0.3)
    first.kill()
    try await burst.reaches(0.6)
    let second = try house.start("work")
    _ = try await second.ready()
    try await running
    #expect(burst.retries == 0, "orders do not need the worker")
    try await expectNothingLostOrDoubled(burst, house)
    second.kill()
    server.kill()
  }

  private func expectNothingLostOrDoubled(_ burst: Burst, _ house: ChaosHouse) async throws {
    let orders = burst.orders
    #expect(orders.count == burst.size)
    #expect(burst.unexpected == [])
    // Every key once more: the same order in the same words.
    for (key, order) in orders where key.number.isMultiple(of: 4) {
      #expect(try await burst.persist(key) == order)
    }
    for (index, tenant) in house.tenants.enumerated() {
      let place = tenant.record.placement
      let mine = orders.filter { $0.key.tenant == index }
      let ids = mine.values.compactMap { $0["id"]?.string }.map { "'\($0)'" }.joined(separator: ",")
      let of = "FROM \(place.schema).sales_order WHERE tenant_id = '\(tenant.id)' AND po_number LIKE '\(burst.name)-%'"
      let stored = try await house.number("SELECT count(*) \(of)", in: place.database)
      #expect(stored == Int64(mine.count), "no order beside the acknowledged ones in \(tenant.slug)")
      let found = try await house.number("SELECT count(*) \(of) AND id IN (\(ids))", in: place.database)
      #expect(found == Int64(mine.count), "every acknowledged order is there in \(tenant.slug)")
    }
    try await house.workedOff()
    let dead = try await house.number(
      "SELECT count(*) FROM control.job WHERE state = 'dead'", in: ControlDatabase.databaseName)
    #expect(dead == 0)
    let check = try await house.check()
    #expect(check.status == 0, "\(check.text)")
  }
}
