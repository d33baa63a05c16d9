import BulkheadCore
import Crypto
import Testing

@testable import BulkheadKeys

@Suite("Bind tokens")
struct BindKeysTests {
  let now = Instant(microseconds: 1_800_000_000_900_000)
  let tenant = TenantID(EntityID(high: 0x0192_0000_0000_7000, low: 0x8000_0000_0000_00FF))
  let master: MasterKey

  init() throws { master = try MasterKey(bytes: Array(0..<32)) }

  @Test("a token names key, tenant, epoch, expiry and backend, and ends in its mac")
  func form() throws {
    let token = BindKeys(master: master, cell: "eu1", kid: 3)
      .bindToken(tenant: tenant, epoch: 7, backendPID: 4242, now: now)
    let parts = token.split(separator: ".").map(String.init)
    #expect(parts.dropLast() == ["k3", tenant.id.hex, "7", "1800000060", "4242"])
    #expect(try #require(parts.last).count == 64)
    #expect(token == token.lowercased())
  }

  @Test("the mac is what PostgreSQL computes from the pads with two hashes")
  func pads() throws {
    let keys = BindKeys(master: master, cell: "eu1")
    let token = keys.bindToken(tenant: tenant, epoch: 7, backendPID: 4242, now: now)
    let dot = try #require(token.lastIndex(of: "."))
    let message = Array(token[..<dot].utf8)
    let (inner, outer) = keys.pads(kid: 1)
    #expect(inner.count == 64 && outer.count == 64)
    let mac = SHA256.hash(data: outer + Array(SHA256.hash(data: inner + message)))
    #expect(Hex.encode(Array(mac)) == token[token.index(after: dot)...])
  }

  @Test("cells and key numbers have keys of their own")
  func separation() {
    let tokens = [("eu1", 1), ("eu1", 2), ("eu2", 1)].map { cell, kid in
      BindKeys(master: master, cell: cell, kid: kid).bindToken(tenant: tenant, epoch: 1, backendPID: 1, now: now)
    }
    #expect(Set(tokens.compactMap { $0.split(separator: ".").last }).count == 3)
    let keys = BindKeys(master: master, cell: "eu1", kid: 1)
    #expect(keys.pads(kid: 2).inner == BindKeys(master: master, cell: "eu1", kid: 2).pads(kid: 2).inner)
    #expect(keys.pads(kid: 1).inner != keys.pads(kid: 2).inner)
  }

  @Test("a token is given out again for the first half of its life, to the same backend only")
  func reuse() {
    let keys = BindKeys(master: master, cell: "eu1")
    func token(after seconds: Int, epoch: Int32 = 1, pid: Int32 = 1) -> String {
      keys.bindToken(tenant: tenant, epoch: epoch, backendPID: pid, now: now + .seconds(seconds))
    }
    let first = token(after: 0)
    #expect(token(after: 29) == first)
    #expect(token(after: 30) != first)
    #expect(token(after: 0, pid: 2) != first)
    #expect(token(after: 0, epoch: 2) != first)
  }

  @Test("after the clock was set back, no token is given out that lives longer than a minute")
  func clockSetBack() {
    let keys = BindKeys(master: master, cell: "eu1")
    _ = keys.bindToken(tenant: tenant, epoch: 1, backendPID: 1, now: now)
    let token = keys.bindToken(tenant: tenant, epoch: 1, backendPID: 1, now: now - .seconds(600))
    #expect(token.split(separator: ".")[3] == "1799999460")
  }
}
