import BulkheadCore
import Synchronization
import Testing

@testable import bulkhead

@Suite("Eight clients want the same stock", .serialized)
struct RaceTests {
  static let clients = 8
  static let wanted = 400
  static let onHand = 100
  /// Tries of one request until it is answered with something final.
  static let triesMax = 200

  @Test("400 single units of 100 on hand, every request sent twice: 100 are reserved", arguments: Tier.allCases)
  func race(tier: Tier) async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(tier)
      let adjusted = try await system.post("/v1/stock-adjustments", tenant, Bodies.receipt(40, lot: "L3"))
      #expect(adjusted.status == 201, "\(adjusted.text)")
      #expect(try await system.availability(tenant)["availableToPromise"] == .string("100"))

      let tally = Tally()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<Self.clients {
          group.addTask { try await order(shareOf: client, system, tenant, tally) }
        }
        try await group.waitForAll()
      }

      let reserved = tally.answers.withLock { $0 }.filter { $0.json["lines"]?[0]?["reserved"] == .string("1") }
      #expect(tally.answers.withLock { $0.count } == Self.wanted)
      #expect(reserved.count == Self.onHand)
      #expect(tally.differences.withLock { $0 } == [])
      let promised = try await system.availability(tenant)
      #expect(promised["reserved"] == .string("100"))
      #expect(promised["availableToPromise"] == .string("0"))
      #expect(try await system.brokenInvariants(tenant) == [])
    }
  }

  private final class Tally: Sendable {
    let answers = Mutex<[TestAnswer]>([])
    let differences = Mutex<[String]>([])
  }

  /// One client's share, each request twice: for odd numbers at the same moment, else one after the other.
  private func order(shareOf client: Int, _ system: TestSystem, _ tenant: TestTenant, _ tally: Tally) async throws {
    for number in stride(from: client, to: Self.wanted, by: Self.clients) {
      let first: TestAnswer
      let second: TestAnswer
      if number.isMultiple(of: 2) {
        first = try await order(number, system, tenant)
        second = try await order(number, system, tenant)
      } else {
        async let one = order(number, system, tenant)
        async let two = order(number, system, tenant)
        (first, second) = try await (one, two)
      }
      if first.bytes != second.bytes || first.status != 201 || second.status != 201 {
        tally.differences.withLock { $0.append("key \(number): \(first.text) and \(second.text)") }
      }
      tally.answers.withLock { $0.append(first) }
    }
  }

  /// Sends one order until it is answered for good.
  private func order(_ number: Int, _ system: TestSystem, _ tenant: TestTenant) async throws -> TestAnswer {
    var answer = TestAnswer(status: 0, headers: [:], bytes: [])
    for _ in 0..<Self.triesMax {
      answer = try await system.post(
        "/v1/orders", tenant, Bodies.order(1, po: "RACE-\(number)"), headers: ["Idempotency-Key": "race-\(number)"])
      if answer.status != 503, answer.status != 429 { return answer }
      try await Task.sleep(for: .milliseconds(20))
    }
    return answer
  }
}
