import BulkheadCore
import Foundation

/// One pick-pack-ship of a quiet tenant.
struct CustomerSample: Sendable {
  let tenant: Int
  /// When it was due.
  let due: Int64
  /// From when it was due to the end of its answer.
  let latency: Int64
  /// How late it was sent.
  let lateness: Int64
  /// 0 when no answer came.
  let status: Int
}

/// All tenants but the flooder at their work: an open loop. Arrivals follow a schedule that no answer changes (Poisson,
/// from a seed), and latency counts from the schedule, so a stall is felt by all who came during it.
struct CustomerLoad: Sendable {
  let port: Int
  let tokens: [String]
  /// Per second, all of them together.
  let rate: Double
  let seed: UInt64

  private static let connectionsAtFirst = 48
  private static let connectionsMax = 600
  private static let graceSeconds: Int64 = 15

  func run(until stop: LoadSwitch) throws -> [CustomerSample] {
    LoadThread.prefer()
    var random = SeededRandom(seed: seed)
    var watch = try SocketWatch()
    var connections: [LoadConnection] = []
    var idle: [Int] = []
    var underWay: [(tenant: Int, due: Int64, sent: Int64)?] = []
    var samples: [CustomerSample] = []
    defer { for connection in connections { close(connection.descriptor) } }

    func open() throws -> Int {
      let connection = try LoadConnection(port: port)
      connections.append(connection)
      watch.add(connection.descriptor)
      underWay.append(nil)
      return connections.count - 1
    }
    func end(_ index: Int, status: Int, at now: Int64) {
      guard let work = underWay[index] else { return }
      underWay[index] = nil
      samples.append(
        CustomerSample(
          tenant: work.tenant, due: work.due, latency: now - work.due, lateness: work.sent - work.due, status: status))
    }

    for _ in 0..<Self.connectionsAtFirst { idle.append(try open()) }
    let heads = tokens.map { " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer \($0)\r\nContent-Length: 0\r\n\r\n" }
    var due = LoadClock.now + gap(&random)
    var giveUp: Int64?
    while true {
      let now = LoadClock.now
      if giveUp == nil, stop.hasEnded { giveUp = now + Self.graceSeconds * LoadClock.second }
      while giveUp == nil, due <= now {
        let tenant = 1 + Int.random(in: 1..<tokens.count, using: &random)
        let order = BenchTables.order(Int.random(in: 1...NeighbourTables.ordersEach, using: &random))
        guard let index = try idle.popLast() ?? (connections.count < Self.connectionsMax ? open() : nil) else {
          throw BenchFailure("\(Self.connectionsMax) requests are under way: the rate is beyond what the server can do")
        }
        underWay[index] = (tenant, due, LoadClock.now)
        if !connections[index].send(Array("POST /v1/orders/\(order)/shipments\(heads[tenant - 1])".utf8)) {
          end(index, status: 0, at: LoadClock.now)
        }
        due += gap(&random)
      }
      if let giveUp, now >= giveUp || underWay.allSatisfy({ $0 == nil }) { break }
      for index in watch.ready(within: min(20_000_000, giveUp == nil ? due - LoadClock.now : .max)) {
        switch connections[index].receive() {
        case .unfinished: break
        case .answer(let status, _):
          end(index, status: status, at: LoadClock.now)
          idle.append(index)
        case .closed:
          end(index, status: 0, at: LoadClock.now)
          idle.removeAll { $0 == index }
          close(connections[index].descriptor)
          connections[index] = try LoadConnection(port: port)
          watch.replace(at: index, with: connections[index].descriptor)
          idle.append(index)
        }
      }
    }
    for index in connections.indices { end(index, status: 0, at: LoadClock.now) }
    return samples.sorted { $0.due < $1.due }
  }

  /// To the next arrival: exponentially distributed.
  private func gap(_ random: inout SeededRandom) -> Int64 {
    Int64(-log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random)) / rate * 1e9)
  }
}
