import BulkheadCore
import Testing

@testable import bulkhead

@Suite("Links to files, and the numbers on labels")
struct FileLinkTests {
  @Test("a link reads its one file without a credential, in every tier")
  func reads() async throws {
    try await TestSystem.run { system in
      for tenant in try await system.tenantOfEachTier() {
        let floor = Floor(system: system, tenant: tenant)
        let path = try await Self.label(floor)
        let read = try await system.call("GET", try await Self.link(floor, path))
        let direct = try await system.get(path, tenant)
        #expect(read.status == 200 && read.text == direct.text)
        #expect(try await system.call("GET", path).code == "credential.missing")
      }
    }
  }

  @Test("a link with another tenant's id in it reads nothing, and neither does one that is used for something else")
  func apart() async throws {
    try await TestSystem.run { system in
      let (mine, other) = (try await system.tenant(.pooled), try await system.tenant(.pooled))
      let floor = Floor(system: system, tenant: mine)
      let path = try await Self.label(floor)
      let foreign = try await Self.label(Floor(system: system, tenant: other))
      let link = try await Self.link(floor, path)
      let credential = try #require(link.split(separator: "?").last)
      let token = String(try #require(credential.split(separator: "=").last))
      for address in [foreign, path.replacing("/zpl", with: "/svg")] {
        let answer = try await system.call("GET", "\(address)?\(credential)")
        #expect(answer.status == 401 && answer.code == "credential.invalid", "\(address): \(answer.text)")
      }
      #expect(try await system.call("GET", path, token: token).status == 401, "in the header")
      #expect(try await system.call("GET", "/v1/orders?\(credential)").status == 401, "for something that is no file")
      #expect(
        try await system.call("GET", "\(path)?access_token=\(mine.token)").status == 401, "a token in the address")
      // A link to the other's label can be made, as one to any id, and reads what any id reads that is not there.
      let guess = try await Self.link(floor, foreign)
      #expect(try await system.call("GET", guess).status == 404)
      #expect(try await system.call("GET", try await Self.link(floor, path)).status == 200)
    }
  }

  @Test("who made a link to what, and until when, is in the audit trail, and the link is not", arguments: Tier.allCases)
  func audited(tier: Tier) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(tier)
      let floor = Floor(system: system, tenant: tenant)
      let path = try await Self.label(floor)
      let made = try await floor.post("/v1/file-links", ["path": .string(path), "hours": 2], expecting: 201)
      #expect(try await system.post("/v1/file-links", tenant, ["path": "/v1/orders"]).status == 422)
      let entries = try await floor.get("/v1/audit?limit=200")["items"]?.array ?? []
      let told = entries.filter { $0["act"]?.string == "fileLink.made" }
      #expect(told.count == 1, "\(told)")
      let entry = try #require(told.first)
      let package = path.split(separator: "/")[2]
      #expect(entry["subject"]?.string == "package:\(package)", "\(entry)")
      #expect(
        entry["detail"]?["path"]?.string == path && entry["detail"]?["expiresAt"] == made["expiresAt"], "\(entry)")
      #expect(entry["actor"]?.string?.isEmpty == false)
      let token = try #require(made["link"]?.string?.split(separator: "=").last)
      #expect(!entries.contains { $0.text.contains(token) })
    }
  }

  @Test("links are made to files alone, and by those who may read them")
  func refused() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let floor = Floor(system: system, tenant: tenant)
      let path = try await Self.label(floor)
      for other in ["/v1/orders", "/v1/packages//labels/zpl", "v1/x", "\(path)?x=1", "\(path)/", "//v1", "/v1/../v1"] {
        let answer = try await system.post("/v1/file-links", tenant, ["path": .string(other)])
        #expect(answer.status == 422 && answer.code == "input.invalid", "\(other): \(answer.text)")
      }
      let clerk = try await system.token(tenant.record, permissions: PermissionSet(["tenant.read"]))
      let without = try await system.call("POST", "/v1/file-links", token: clerk, json: ["path": .string(path)])
      #expect(without.status == 403 && without.code == "permission.missing")
      let long = try await system.post("/v1/file-links", tenant, ["path": .string(path), "hours": 13])
      #expect(long.status == 422)
    }
  }

  @Test("what a neighbour with the same company prefix labels leaves no trace in one's own numbers")
  func counters() async throws {
    try await TestSystem.run { system in
      let (mine, other) = (try await system.tenant(.pooled), try await system.tenant(.pooled))
      let (floor, busy) = (Floor(system: system, tenant: mine), Floor(system: system, tenant: other))
      var ssccs: [String] = []
      let (shipment, noise) = (try await Self.shipment(floor), try await Self.shipment(busy))
      for _ in 1...4 {
        for _ in 1...5 { try await busy.post("/v1/shipments/\(noise)/packages", expecting: 201) }
        let package = try await floor.post("/v1/shipments/\(shipment)/packages", expecting: 201)
        ssccs.append(try floor.text(package["sscc"]))
      }
      #expect(ssccs.map { $0.dropLast().suffix(9) } == ["123456789", "123456790", "123456791", "123456792"])
      let prefix = try await floor.get("/v1/gs1-prefixes")["items"]?[0]
      #expect(prefix?["nextSerial"]?.int == 123_456_793)
    }
  }

  private static func shipment(_ floor: Floor) async throws -> String {
    let order = try await floor.order(10)
    try await floor.prefix()
    return try await floor.wave(order)
  }

  private static func label(_ floor: Floor) async throws -> String {
    let package = try await floor.post("/v1/shipments/\(try await shipment(floor))/packages", expecting: 201)
    return "/v1/packages/\(try floor.text(package["id"]))/labels/zpl"
  }

  private static func link(_ floor: Floor, _ path: String) async throws -> String {
    try floor.text(
      try await floor.post("/v1/file-links", ["path": .string(path), "hours": 2], expecting: 201)["link"])
  }
}
