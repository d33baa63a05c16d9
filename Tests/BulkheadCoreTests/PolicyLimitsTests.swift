import BulkheadCore
import Testing

@Suite("Limits of a policy")
struct PolicyLimitsTests {
  @Test("of two policies the tighter limit holds, whichever comes first, and what one does not set the other does")
  func tightening() throws {
    let oem = try PolicyLimits(["requestsPerSecond": 200, "leases": 4])
    let tenant = try PolicyLimits(["requestsPerSecond": 50, "bodyBytes": 4096])
    let both = try PolicyLimits(["requestsPerSecond": 50, "leases": 4, "bodyBytes": 4096])
    #expect(oem.tightened(by: tenant).values.filter { $0.key != .requestBurst } == both.values)
    #expect(tenant.tightened(by: oem) == oem.tightened(by: tenant))
    #expect(both.tightened(by: .none) == oem.tightened(by: tenant))
    #expect(PolicyLimits.none.tightened(by: both) == oem.tightened(by: tenant))
  }

  @Test("tightening any number of random policies in any order gives the same, and nothing looser than any of them")
  func order() throws {
    let seed: UInt64 = 20_261
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<2000 {
      let policies = try (0..<Int.random(in: 1...6, using: &random)).map { _ in
        try PolicyLimits(
          .object(
            Limit.allCases.filter { ![.requestBurst, .lockMilliseconds, .idleMilliseconds].contains($0) }
              .filter { _ in Bool.random(using: &random) }
              .map { JSON.Member($0.rawValue, .int(Int64.random(in: $0.range, using: &random))) }))
      }
      let forwards = policies.reduce(PolicyLimits.none) { $0.tightened(by: $1) }
      #expect(policies.shuffled(using: &random).reduce(PolicyLimits.none) { $0.tightened(by: $1) } == forwards)
      for policy in policies { #expect(forwards.loosened(from: policy) == []) }
    }
  }

  @Test("a rate bounds the burst below it: a second's worth, unless it says more itself")
  func burst() throws {
    let rate = try PolicyLimits(["requestsPerSecond": 10])
    let bursty = try PolicyLimits(["requestsPerSecond": 10, "requestBurst": 100_000])
    #expect(bursty.loosened(from: rate) == [.requestBurst])
    #expect(rate.loosened(from: bursty) == [])
    #expect(bursty.tightened(by: rate).bound(.requestBurst) == 10)
    #expect(rate.tightened(by: bursty).bound(.requestBurst) == 10)
    #expect(try PolicyLimits(["requestsPerSecond": 5]).tightened(by: bursty).bound(.requestBurst) == 5)
  }

  @Test("what would be looser than an ancestor is named")
  func loosened() throws {
    let ancestor = try PolicyLimits(["requestsPerSecond": 20, "leases": 4])
    let wanted = try PolicyLimits(["requestsPerSecond": 21, "leases": 4, "bodyBytes": 2048])
    #expect(wanted.loosened(from: ancestor) == [.requestsPerSecond])
    #expect(wanted.loosened(from: .none) == [])
  }

  @Test(
    "a policy that makes no sense is refused with the place and the reason",
    arguments: [
      (#"{"requestsPerSeconds": 5}"#, "/limits/requestsPerSeconds", "policy.limitUnknown"),
      (#"{"requestsPerSecond": "5"}"#, "/limits/requestsPerSecond", "policy.limitNotWhole"),
      (#"{"requestsPerSecond": 1.5}"#, "/limits/requestsPerSecond", "policy.limitNotWhole"),
      (#"{"requestsPerSecond": null}"#, "/limits/requestsPerSecond", "policy.limitNotWhole"),
      (#"{"requestsPerSecond": 1e3}"#, "/limits/requestsPerSecond", "policy.limitNotWhole"),
      (#"{"requestsPerSecond": 9223372036854775808}"#, "/limits/requestsPerSecond", "policy.limitNotWhole"),
      (#"{"leases": 0}"#, "/limits/leases", "policy.limitOutOfRange"),
      (#"{"leases": -1}"#, "/limits/leases", "policy.limitOutOfRange"),
      (#"{"leases": 1001}"#, "/limits/leases", "policy.limitOutOfRange"),
      (#"{"bodyBytes": 1}"#, "/limits/bodyBytes", "policy.limitOutOfRange"),
      (#"{"requestBurst": 10}"#, "/limits/requestBurst", "policy.limitContradicts"),
      (
        #"{"transactionMilliseconds": 1000, "lockMilliseconds": 2000}"#, "/limits/lockMilliseconds",
        "policy.limitContradicts"
      ),
      (
        #"{"transactionMilliseconds": 1000, "idleMilliseconds": 1001}"#, "/limits/idleMilliseconds",
        "policy.limitContradicts"
      ),
      ("[]", "/limits", "policy.notAnObject"), ("5", "/limits", "policy.notAnObject"),
    ])
  func refused(text: String, place: String, code: String) throws {
    let json = try JSONParser.parse(text)
    let refusal = #expect(throws: Refusal.self) { try PolicyLimits(json) }
    #expect(refusal?.violations.map(\.pointer) == [place])
    #expect(refusal?.violations.map(\.code) == [code])
  }

  @Test("every wrong limit of a policy is named at once")
  func all() throws {
    let json = try JSONParser.parse(#"{"leases": 0, "requests": 1, "bodyBytes": "many"}"#)
    let refusal = #expect(throws: Refusal.self) { try PolicyLimits(json) }
    #expect(
      refusal?.violations.map(\.code) == ["policy.limitOutOfRange", "policy.limitUnknown", "policy.limitNotWhole"])
  }

  @Test("what was written reads back the same, and a name of another version is passed over")
  func stored() throws {
    let limits = try PolicyLimits(["leases": 4, "requestsInFlight": 16])
    #expect(PolicyLimits(stored: limits.json) == limits)
    #expect(PolicyLimits(stored: ["leases": 4, "requestsInFlight": 16, "dreams": 3, "bodyBytes": "x"]) == limits)
    // Written past the checks, it bounds what it can.
    #expect(PolicyLimits(stored: ["requestsPerSecond": 5_000_000_000])[.requestsPerSecond] == 100_000)
  }
}
