import BulkheadCore
import Testing

@testable import BulkheadServer

@Suite("Limits of requests")
struct RequestLimitsTests {
  private let start = ContinuousClock.now
  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

  /// Begins and ends one request; nothing when it was refused.
  private func ask(
    _ limits: RequestLimits, _ tenant: TenantID, _ policy: PolicyLimits, _ now: ContinuousClock.Instant
  ) -> Refusal? {
    let judged = limits.judge(tenant, policy: policy, now: now)
    if judged.refusal == nil { limits.release(tenant) }
    return judged.refusal
  }

  @Test("a burst goes through at once, then requests go at the rate, and another tenant never notices")
  func rate() throws {
    let limits = RequestLimits()
    let policy = try PolicyLimits(["requestsPerSecond": 10, "requestBurst": 3])
    for _ in 0..<3 { #expect(ask(limits, World.a, policy, at(5000)) == nil) }
    let refusal = try #require(ask(limits, World.a, policy, at(5000)))
    #expect(refusal.code == .requestsTooFast && refusal.retryAfterSeconds == 1)
    #expect(refusal.limit == LimitReached(.requestsPerSecond, 10))
    for _ in 0..<100 { #expect(ask(limits, World.b, .none, at(5000)) == nil) }
    #expect(ask(limits, World.a, policy, at(5099)) != nil)
    #expect(ask(limits, World.a, policy, at(5100)) == nil)
    #expect(ask(limits, World.a, policy, at(5100)) != nil)
    // Long silence gives the burst back, and no more than the burst.
    for _ in 0..<3 { #expect(ask(limits, World.a, policy, at(60_000)) == nil) }
    #expect(ask(limits, World.a, policy, at(60_000)) != nil)
  }

  @Test("without a burst of its own a tenant may begin a second's worth at once")
  func burstByDefault() throws {
    let limits = RequestLimits()
    let policy = try PolicyLimits(["requestsPerSecond": 20])
    for _ in 0..<20 { #expect(ask(limits, World.a, policy, at(1000)) == nil) }
    #expect(ask(limits, World.a, policy, at(1000)) != nil)
  }

  @Test("however requests come, no window holds more of them than burst and rate allow, and none is wasted")
  func bounds() throws {
    let seed: UInt64 = 4_711
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let perSecond = Int64.random(in: 1...200, using: &random)
      let burst = Int64.random(in: 1...50, using: &random)
      let policy = try PolicyLimits(["requestsPerSecond": .int(perSecond), "requestBurst": .int(burst)])
      let limits = RequestLimits()
      var admitted: [Int] = []
      var millisecond = 10_000
      var asked = 0
      while millisecond < 20_000 {
        asked += 1
        if ask(limits, World.a, policy, at(millisecond)) == nil { admitted.append(millisecond) }
        if Int.random(in: 0..<4, using: &random) == 0 { millisecond += Int.random(in: 0...40, using: &random) }
      }
      for (index, first) in admitted.enumerated() {
        let inSecond = admitted[index...].prefix { $0 < first + 1000 }.count
        #expect(inSecond <= Int(burst + perSecond), "\(perSecond)/s, burst \(burst)")
      }
      // Asked for more than it may have, the tenant gets what it may have.
      if asked > 20 * Int(perSecond * 10 + burst) {
        #expect(admitted.count >= Int(perSecond) * 9, "\(perSecond)/s, burst \(burst): \(admitted.count)")
      }
    }
  }

  @Test("the policy tightens the requests under way and never loosens them")
  func inFlight() throws {
    let limits = RequestLimits(tenantRequestsMax: 3, totalRequestsMax: 100)
    let tight = try PolicyLimits(["requestsInFlight": 1])
    let loose = try PolicyLimits(["requestsInFlight": 50])
    try limits.admit(World.a, policy: tight)
    let refusal = #expect(throws: Refusal.self) { try limits.admit(World.a, policy: tight) }
    #expect(refusal?.limit == LimitReached(.requestsInFlight, 1))
    for _ in 0..<3 { try limits.admit(World.b, policy: loose) }
    let own = #expect(throws: Refusal.self) { try limits.admit(World.b, policy: loose) }
    #expect(own?.limit == LimitReached(.requestsInFlight, 3))
  }

  @Test("a rate that changes holds from then on: a tenant that owed under the old one is not locked out")
  func changedRate() throws {
    let limits = RequestLimits()
    let slow = try PolicyLimits(["requestsPerSecond": 1, "requestBurst": 1000])
    for _ in 0..<1000 { #expect(ask(limits, World.a, slow, at(1000)) == nil) }
    #expect(ask(limits, World.a, slow, at(1000)) != nil)
    let fast = try PolicyLimits(["requestsPerSecond": 100, "requestBurst": 100])
    #expect(ask(limits, World.a, fast, at(1000))?.retryAfterSeconds == 1)
    #expect(ask(limits, World.a, fast, at(1010)) == nil)
  }

  @Test("tenants that flood do not close the server for one that has nothing under way")
  func reserve() throws {
    let limits = RequestLimits(tenantRequestsMax: 8, totalRequestsMax: 16)
    for number in 0..<4 {
      let tenant = TenantID(EntityID(high: 9, low: UInt64(number)))
      while limits.judge(tenant, policy: .none, now: at(0)).refusal == nil {}
    }
    #expect(limits.total >= 12 && limits.total < 16)
    try limits.admit(World.a)
    let second = #expect(throws: Refusal.self) { try limits.admit(World.a) }
    #expect(second?.code == .serverBusy && second?.limit == nil)
  }

  @Test("a request refused because the server is full costs the tenant nothing of its rate")
  func fullServer() throws {
    let limits = RequestLimits(tenantRequestsMax: 8, totalRequestsMax: 1)
    let policy = try PolicyLimits(["requestsPerSecond": 1, "requestBurst": 1])
    try limits.admit(World.b)
    for _ in 0..<5 { #expect(ask(limits, World.a, policy, at(1000))?.code == .serverBusy) }
    limits.release(World.b)
    #expect(ask(limits, World.a, policy, at(1000)) == nil)
  }

  @Test("tenants whose burst is whole are forgotten, so memory follows those who are there")
  func memory() throws {
    let limits = RequestLimits()
    let policy = try PolicyLimits(["requestsPerSecond": 1000])
    for number in 0..<50_000 {
      let tenant = TenantID(EntityID(high: 7, low: UInt64(number)))
      #expect(ask(limits, tenant, policy, at(number)) == nil)
    }
    #expect(limits.remembered <= 2048)
    for number in 0..<5000 {
      #expect(ask(limits, TenantID(EntityID(high: 8, low: UInt64(number))), .none, at(0)) == nil)
    }
    #expect(limits.remembered <= 2048)
  }

  @Test("clients with a rate are told of it in every answer, those without in none")
  func fields() async throws {
    let policy = try PolicyLimits(["requestsPerSecond": 1, "requestBurst": 2])
    try await Fixture.run(routes: [], { $0.directory = LimitedTenants(limits: [World.a: policy]) }) {
      server async throws in
      let first = try await server.send("GET", "/v1/orders", token: "a")
      #expect(first.status == 200)
      #expect(first.field("ratelimit-policy") == #""requests";q=2;w=2"#)
      #expect(first.field("ratelimit") == #""requests";r=1;t=1"#)
      #expect(try await server.send("GET", "/v1/orders", token: "a").status == 200)
      let refused = try await server.send("GET", "/v1/orders", token: "a")
      #expect(refused.status == 429)
      #expect(refused.field("retry-after") == "1")
      #expect(refused.field("ratelimit") == #""requests";r=0;t=2"#)
      let problem = try JSONParser.parse(refused.text)
      #expect(problem["code"] == "requests.tooFast" && problem["retryAfter"] == 1)
      #expect(
        problem["limit"] == ["name": "requestsPerSecond", "value": 1, "unit": "requests per second", "of": "tenant"])
      let other = try await server.send("GET", "/v1/orders", token: "b")
      #expect(other.status == 200)
      #expect(other.fields("ratelimit").isEmpty && other.fields("ratelimit-policy").isEmpty)
    }
  }

  @Test("without the admission wall a tenant with a rate is served however often it asks")
  func wallRemoved() async throws {
    let policy = try PolicyLimits(["requestsPerSecond": 1, "requestBurst": 1])
    try await Fixture.run(
      routes: [],
      {
        $0.directory = LimitedTenants(limits: [World.a: policy])
        $0.walls.remove(.admission)
      }
    ) { server async throws in
      for _ in 0..<5 { #expect(try await server.send("GET", "/v1/orders", token: "a").status == 200) }
    }
  }

  @Test("a body may be as large as the policy says, announced or not, and the refusal names the limit")
  func body() async throws {
    let policy = try PolicyLimits(["bodyBytes": 1024])
    try await Fixture.run(routes: [], { $0.directory = LimitedTenants(limits: [World.a: policy]) }) {
      server async throws in
      let large = #"{"sku":"A","quantity":1,"note":""# + String(repeating: "x", count: 1200) + #""}"#
      let refused = try await server.send("POST", "/v1/orders", token: "a", body: large)
      #expect(refused.status == 413)
      let problem = try JSONParser.parse(refused.text)
      #expect(problem["limit"]?["name"] == "bodyBytes" && problem["limit"]?["value"] == 1024)
      #expect(try await server.send("POST", "/v1/orders", token: "a", body: #"{"sku":"A","quantity":1}"#).status == 201)
      #expect(try await server.send("POST", "/v1/orders", token: "b", body: large).status != 413)
    }
  }
}

/// The named tenants with limits.
private struct LimitedTenants: TenantDirectory {
  let limits: [TenantID: PolicyLimits]

  func entry(of tenant: TenantID) async throws -> TenantEntry? {
    try await NamedTenants().entry(of: tenant).map {
      TenantEntry(slug: $0.slug, status: $0.status, limits: limits[tenant] ?? .none)
    }
  }
}
