import BulkheadCore
import BulkheadServer
import Foundation
import Synchronization

@testable import bulkhead

/// Attacker and victim of one tier.
struct Duel: Sendable {
  let tier: Tier
  let attacker: Side
  let victim: Side
}

/// The tenants of all attacks, made once: two in each tier, whose business ids are the same.
actor Field {
  static let shared = Field()
  private var duels: [Tier: Duel] = [:]

  func duel(_ tier: Tier, _ system: TestSystem) async throws -> Duel {
    if let duel = duels[tier] { return duel }
    let attacker = try await Side(system.tenant(tier), system)
    let victim = try await Side(system.tenant(tier), system)
    let duel = Duel(tier: tier, attacker: attacker, victim: victim)
    duels[tier] = duel
    return duel
  }
}

/// How often each attack was made and held, printed as a table when the process ends.
enum Tally {
  private struct Row {
    var routes: Set<String> = []
    var requests = 0
    var held = 0
  }
  private static let rows = Mutex<[String: Row]>([:])

  static func record(_ attack: String, _ route: String, held: Bool) {
    let isFirst = rows.withLock { rows -> Bool in
      let isFirst = rows.isEmpty
      rows[attack, default: Row()].routes.insert(route)
      rows[attack, default: Row()].requests += 1
      if held { rows[attack, default: Row()].held += 1 }
      return isFirst
    }
    if isFirst { atexit { Tally.show() } }
  }

  private static func show() {
    print("attack                                    routes  requests    held")
    for (attack, row) in rows.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      let name = attack.padding(toLength: 40, withPad: " ", startingAt: 0)
      let numbers = [(row.routes.count, 8), (row.requests, 10), (row.held, 8)].map { number, width in
        String(repeating: " ", count: max(0, width - String(number).count)) + String(number)
      }
      print(name + numbers.joined())
    }
  }
}

extension TestAnswer {
  /// Status, fields and body without what differs between any two requests: their ids and the time.
  var face: String {
    let fields = headers.filter { !["x-request-id", "traceparent", "date"].contains($0.key) }
    let body = text.replacing(#/urn:uuid:[0-9a-f\-]{36}/#, with: "urn:uuid")
    return "\(status) \(fields.sorted { $0.key < $1.key }.map { "\($0): \($1)" }) \(body)"
  }
}

/// Runs `body` for every item, `width` at a time.
func concurrently<Item: Sendable>(
  _ items: [Item], width: Int = 8, _ body: @Sendable @escaping (Item) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    var rest = items.makeIterator()
    for _ in 0..<width {
      guard let item = rest.next() else { break }
      group.addTask { try await body(item) }
    }
    while try await group.next() != nil {
      if let item = rest.next() { group.addTask { try await body(item) } }
    }
  }
}
