import BulkheadCore
import Synchronization

/// Takes the orders of one tenant through the warehouse and bills them, as its scanners and its office would.
final class Trader: Sendable {
  /// People on the floor, and at the desk.
  private static let workers = 2

  private let client: TenantClient
  private let nextScan = Mutex<Int64>(1)

  init(_ client: TenantClient) { self.client = client }

  /// Places orders one by one; how many lines.
  func place(_ baskets: [Baskets.Basket]) async throws -> Int {
    let sums = try await Self.shared(baskets) { basket in
      _ = try await self.client.send("POST", "/v1/orders", basket.body)
      return basket.lines.count
    }
    return sums.reduce(0, +)
  }

  /// Waves until nothing is left that could be picked, or so many: picks, packs, ships and bills; how many lines were
  /// picked.
  func trade(waves: Int?, _ told: @Sendable (Int) -> Void) async throws -> Int {
    _ = try await client.send("POST", "/v1/gs1-prefixes", ["prefix": "0614141"])
    var picked = 0
    var left = waves ?? .max
    while left > 0, let wave = try await client.post("/v1/waves", [:], unless: "wave.empty") {
      left -= 1
      let contents = try await pick(wave)
      let shipments: [(shipment: String, order: String)] = (wave["shipments"]?.array ?? []).compactMap { one in
        guard let shipment = one["id"]?.string, let order = one["orderId"]?.string else { return nil }
        return (shipment, order)
      }
      _ = try await Self.shared(shipments) { one in
        try await self.ship(one.shipment, contents[one.shipment] ?? [])
        try await self.bill(one.order)
        return 0
      }
      picked += contents.values.reduce(0) { $0 + $1.count }
      told(picked)
    }
    return picked
  }

  /// What was picked for each shipment, as its package will hold it.
  private func pick(_ wave: JSON) async throws -> [String: [JSON]] {
    guard let id = wave["id"]?.string else { throw BenchFailure("a wave without an id") }
    return try await withThrowingTaskGroup(of: [String: [JSON]].self) { group in
      for worker in 1...Self.workers { group.addTask { try await self.pick(id, device: "RF-\(worker)") } }
      return try await group.reduce(into: [:]) { all, some in all.merge(some, uniquingKeysWith: +) }
    }
  }

  private func pick(_ wave: String, device: String) async throws -> [String: [JSON]] {
    var contents: [String: [JSON]] = [:]
    let claim: JSON = ["device": .string(device), "waveId": .string(wave)]
    while let task = try await client.send("POST", "/v1/pick-task-claims", claim)["task"], !task.isNull {
      guard let id = task["id"]?.string, let shipment = task["shipmentId"]?.string else {
        throw BenchFailure("a task without ids")
      }
      let number = nextScan.withLock { next in
        defer { next += 1 }
        return next
      }
      _ = try await client.send(
        "POST", "/v1/pick-tasks/\(id)/scans",
        [
          "device": .string(device), "seq": .int(number), "location": task["from"] ?? .null,
          "quantity": task["quantity"] ?? .null,
        ])
      contents[shipment, default: []].append(["line": task["line"] ?? .null, "quantity": task["quantity"] ?? .null])
    }
    return contents
  }

  private func ship(_ shipment: String, _ items: [JSON]) async throws {
    _ = try await client.send("POST", "/v1/shipments/\(shipment)/packages", ["items": .array(items)])
    _ = try await client.send("POST", "/v1/shipments/\(shipment)/pack")
    _ = try await client.send("POST", "/v1/shipments/\(shipment)/ship", ["carrier": "Own van"])
  }

  private func bill(_ order: String) async throws {
    let draft = try await client.send("POST", "/v1/invoices", ["orderId": .string(order)])
    guard let invoice = draft["id"]?.string else { throw BenchFailure("an invoice without an id") }
    _ = try await client.send("POST", "/v1/invoices/\(invoice)/post")
  }

  /// Each of `all` once, by so many workers at a time.
  private static func shared<One: Sendable>(
    _ all: [One], _ body: @escaping @Sendable (One) async throws -> Int
  ) async throws -> [Int] {
    try await withThrowingTaskGroup(of: [Int].self) { group in
      for worker in 0..<workers {
        group.addTask {
          var done: [Int] = []
          for index in stride(from: worker, to: all.count, by: workers) { done.append(try await body(all[index])) }
          return done
        }
      }
      return try await group.reduce([], +)
    }
  }
}
