import AsyncHTTPClient
import BulkheadCore
import NIOCore
import Synchronization

@testable import bulkhead

/// Orders of all tenants that keep being sent, with the same keys, until each is acknowledged: clients that neither
/// know nor care what happens to the server meanwhile.
final class Burst: Sendable {
  static let lanes = 6
  /// Tries of one request, a pause between two: about a minute.
  static let triesMax = 1200

  struct Key: Hashable, Sendable {
    let tenant: Int
    let number: Int
  }

  let name: String
  private let house: ChaosHouse
  private let keys: [Key]
  private let url = Mutex("")
  private let acknowledged = Mutex<[Key: JSON]>([:])
  private let strange = Mutex<[String]>([])
  private let disturbed = Mutex(0)

  init(_ name: String, _ house: ChaosHouse, ordersPerTenant: Int) {
    self.name = name
    self.house = house
    keys = (0..<ordersPerTenant).flatMap { number in
      house.tenants.indices.map { Key(tenant: $0, number: number) }
    }
  }

  var count: Int { acknowledged.withLock { $0.count } }
  var orders: [Key: JSON] { acknowledged.withLock { $0 } }
  /// Answers that are neither an order nor a call to try again.
  var unexpected: [String] { strange.withLock { $0 } }
  /// Requests that had to be sent again.
  var retries: Int { disturbed.withLock { $0 } }
  var size: Int { keys.count }

  /// Where the server is from now on.
  func send(to url: String) { self.url.withLock { $0 = url } }

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<Self.lanes {
        group.addTask { [self] in
          for index in stride(from: lane, to: keys.count, by: Self.lanes) {
            let answer = try await persist(keys[index])
            acknowledged.withLock { $0[keys[index]] = answer }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Waits until a share of the burst is through.
  func reaches(_ share: Double) async throws {
    _ = try await ChaosProcess.poll("orders") { Double(count) >= Double(size) * share ? true : nil }
  }

  /// Sends one order until it is acknowledged.
  func persist(_ key: Key) async throws -> JSON {
    for _ in 0..<Self.triesMax {
      if let answer = try await attempt(key) { return answer }
      disturbed.withLock { $0 += 1 }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw ChaosFailure(description: "\(name): order \(key) was never acknowledged")
  }

  /// The order, or `nil` when the server could not be reached or asked for another try.
  private func attempt(_ key: Key) async throws -> JSON? {
    var request = HTTPClientRequest(url: url.withLock { $0 } + "/v1/orders")
    request.method = .POST
    request.headers.add(name: "Authorization", value: "Bearer \(house.tenants[key.tenant].token)")
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "Idempotency-Key", value: "\(name)-\(key.number)")
    request.body = .bytes(ByteBuffer(bytes: Bodies.order(1, po: po(key)).utf8))
    guard let response = try? await house.client.execute(request, timeout: .seconds(15)),
      let body = try? await response.body.collect(upTo: 1 << 20),
      let json = try? JSONParser.parse(Array(body.readableBytesView))
    else { return nil }
    if response.status == .created { return json }
    if response.status != .serviceUnavailable, response.status != .tooManyRequests {
      strange.withLock { $0.append("\(response.status.code) \(json.text)") }
    }
    return nil
  }

  func po(_ key: Key) -> String { "\(name)-\(key.number)" }
}
