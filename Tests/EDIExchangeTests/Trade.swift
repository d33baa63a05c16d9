import BulkheadCore
import BulkheadTesting
import Distribution
import Foundation
import Synchronization
import Testing

@testable import bulkhead

/// Everything here talks to the one database of this module; one at a time, so that each worker has its own jobs only.
@Suite("EDI with an independent partner", .serialized)
struct EDIExchange {}

/// A tenant that sells to the buyer over a channel.
struct Trader: Sendable {
  let tenant: TestTenant
  /// The tenant's interchange address, without its qualifier `ZZ`.
  let address: String
  let channel: String

  var path: String { "/v1/edi/channels/\(channel)/interchanges" }
}

/// A buyer and the tenants that it buys from.
struct Trade: Sendable {
  static let buyerID = "BIGBUYER"
  static let order = "4500000042"
  /// 100 pieces, of which 60 are in stock.
  static let lines = [
    MockTradingPartner.Line(sku: DemoCompany.sku, gtin: "614141123452", quantity: "100", price: "11.25")
  ]

  let buyer: MockTradingPartner
  let traders: [Trader]

  private static let counter = Mutex(0)

  /// An address that no other test uses; addresses belong to one tenant of the whole installation.
  static func freshAddress() -> String {
    "SUPPLIER"
      + String(
        counter.withLock { count in
          count += 1
          return count + 100
        })
  }

  /// Runs a system with a worker, a buyer, and one tenant of each of `tiers` that the buyer knows.
  static func run(
    _ tiers: [Tier], database: URL? = nil, deliveryURL: String? = nil, worker: Bool = true,
    dialect: MockTradingPartner.Dialect = .x12, _ body: (TestSystem, Trade) async throws -> Void
  ) async throws {
    try await TestSystem.run(worker: worker) { system in
      let addresses = tiers.map { _ in freshAddress() }
      let buyer = try await MockTradingPartner.start(
        id: buyerID, suppliers: addresses.map { .init(id: $0, dialect: dialect) }, database: database)
      defer { buyer.stop() }
      var traders: [Trader] = []
      for (tier, address) in zip(tiers, addresses) {
        traders.append(
          try await system.trader(
            tier, address: address, deliveryURL: deliveryURL ?? buyer.deliveryURL, version: dialect.agreed))
      }
      try await body(system, Trade(buyer: buyer, traders: traders))
    }
  }

  /// The 850 or ORDERS that the buyer writes for each trader, all under one number.
  func purchase(number: String = order, lines: [MockTradingPartner.Line] = lines) async throws -> [[UInt8]] {
    var orders: [[UInt8]] = []
    for trader in traders {
      orders.append(try await buyer.purchase(from: trader.address, number: number, lines: lines))
    }
    return orders
  }
}

extension MockTradingPartner.Dialect {
  /// What an agreement calls it.
  var agreed: String { self == .x12 ? "004010" : "D.96A" }
}

extension TestSystem {
  /// A seeded tenant of `tier` with an address, a channel to the buyer and an agreement, all made over the API but the
  /// address, which is the operator's to give.
  func trader(
    _ tier: Tier, address: String, deliveryURL: String, version: String = MockTradingPartner.Dialect.x12.agreed
  ) async throws -> Trader {
    let tenant = try await tenant(tier)
    try await platform.allot(scheme: "x12", address: "ZZ:\(address)", to: tenant.record)
    let parties = try await get("/v1/parties?code=\(DemoCompany.customer)", tenant)
    let party = try #require(parties.json["items"]?[0]?["id"])
    let partner = try await made("/v1/edi/partners", tenant, ["party": party])
    let channel = try await made(
      "/v1/edi/channels", tenant, ["partner": partner, "name": "van", "deliveryUrl": .string(deliveryURL)])
    _ = try await made(
      "/v1/edi/agreements", tenant,
      [
        "partner": partner, "ourQualifier": "ZZ", "ourId": .string(address), "theirQualifier": "ZZ",
        "theirId": .string(Trade.buyerID), "version": .string(version), "usage": "T",
      ])
    return Trader(tenant: tenant, address: address, channel: try #require(channel.string))
  }

  /// The id of what a POST made.
  private func made(_ path: String, _ tenant: TestTenant, _ body: JSON) async throws -> JSON {
    let answer = try await post(path, tenant, body)
    #expect(answer.status == 201, "\(answer.text)")
    return try #require(answer.json["id"])
  }

  /// Hands in bytes on a trader's channel, as software of the partner would.
  func handIn(_ bytes: [UInt8], _ trader: Trader, on channel: Trader? = nil) async throws -> TestAnswer {
    try await call(
      "POST", (channel ?? trader).path, token: trader.tenant.token, bytes: bytes,
      headers: ["Content-Type": "application/edi-x12"])
  }

  /// The same with the token as the password of Basic credentials.
  func handInBasic(_ bytes: [UInt8], _ trader: Trader) async throws -> TestAnswer {
    let credentials = Data("anyone:\(trader.tenant.token)".utf8).base64EncodedString()
    return try await call(
      "POST", trader.path, bytes: bytes,
      headers: ["Content-Type": "application/edi-x12", "Authorization": "Basic \(credentials)"])
  }

  /// A trader's orders, interchanges and stock, as the API shows them.
  func books(_ trader: Trader) async throws -> [JSON] {
    var books: [JSON] = []
    for path in ["/v1/orders", "/v1/stock", "/v1/edi/interchanges", "/v1/edi/quarantine"] {
      books.append(try await get(path, trader.tenant).json)
    }
    return books
  }

  func items(_ path: String, _ trader: Trader) async throws -> [JSON] {
    try await get(path, trader.tenant).json["items"]?.array ?? []
  }

  /// The trader's interchanges of one direction, in full.
  func interchanges(_ direction: String, _ trader: Trader) async throws -> [JSON] {
    var all: [JSON] = []
    for item in try await items("/v1/edi/interchanges?direction=\(direction)", trader) {
      all.append(try await get("/v1/edi/interchanges/\(item["id"]?.string ?? "")", trader.tenant).json)
    }
    return all
  }

  /// The documents of one type in `interchanges`.
  func messages(_ type: String, in interchanges: [JSON]) -> [JSON] {
    interchanges.flatMap { $0["messages"]?.array ?? [] }.filter { $0["type"]?.string == type }
  }
}

/// Bound of every wait for the worker.
let waitMax = Duration.seconds(30)

/// Looks again until `condition` holds; fails the test when it does not in time. The pause only keeps the polling from
/// filling the machine.
func eventually(
  _ what: Comment, at location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + waitMax
  while try await !condition() {
    guard ContinuousClock.now < deadline else {
      Issue.record(what, sourceLocation: location)
      throw CancellationError()
    }
    try await Task.sleep(for: .milliseconds(50))
  }
}

/// Documents of the buyer with a mistake put in.
enum Forged {
  struct Missing: Error {}

  /// `bytes` with one text replaced; the text must be there.
  static func replacing(_ old: String, with new: String, in bytes: [UInt8]) throws -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains(old) else { throw Missing() }
    return Array(text.replacingOccurrences(of: old, with: new).utf8)
  }

  /// The same interchange under another control number.
  static func renumbered(_ bytes: [UInt8], _ number: Int) throws -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    let control = String(text.dropFirst(90).prefix(9))
    let fresh = String(String(1_000_000_000 + number).dropFirst())
    return try replacing("*\(control)", with: "*\(fresh)", in: bytes)
  }

  /// `bytes` with the first place of one text replaced; the text must be there.
  static func first(_ old: String, with new: String, in bytes: [UInt8]) throws -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let place = text.range(of: "\n" + old) else { throw Missing() }
    return Array(text.replacingCharacters(in: place, with: "\n" + new).utf8)
  }

  /// The same with the right count in its one SE, after segments were put in.
  static func counted(_ bytes: [UInt8]) throws -> [UInt8] {
    var segments = String(decoding: bytes, as: UTF8.self).components(separatedBy: "~\n")
    guard let first = segments.firstIndex(where: { $0.hasPrefix("ST*") }),
      let last = segments.firstIndex(where: { $0.hasPrefix("SE*") })
    else { throw Missing() }
    let control = segments[last].components(separatedBy: "*").last ?? ""
    segments[last] = "SE*\(last - first + 1)*\(control)"
    return Array(segments.joined(separator: "~\n").utf8)
  }
}
