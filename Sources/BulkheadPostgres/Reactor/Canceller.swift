import CLibpq
import Glibc
import Synchronization

/// The key to cancel what one backend does, and the call it is meant for.
///
/// Unchecked, but safe: libpq's cancel object is never changed after it was made, is used by the cancel thread only,
/// and is freed with the last reference to this.
final class CancelOrder: @unchecked Sendable {
  private let key: OpaquePointer
  private let wire: Wire?
  private let call: UInt64

  /// `wire` is `nil` when the connection has been closed and nothing but the backend is left to stop.
  init?(_ connection: OpaquePointer, wire: Wire?, call: UInt64) {
    guard let key = PQgetCancel(connection) else { return nil }
    self.key = key
    self.wire = wire
    self.call = call
  }

  deinit { PQfreeCancel(key) }

  /// Sends the cancel and waits until the server has passed it on. Blocks for as long as the network takes.
  func execute() {
    if let wire, !wire.cancelBegins(call) { return }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
      _ = PQcancel(key, message.baseAddress, 256)
    }
    wire?.cancelEnded(call)
  }
}

/// The thread that cancels: `PQcancel` blocks, so it is kept away from the thread that receives.
///
/// A call whose order finds no room, or waits behind an unreachable server, ends with its grace.
final class Canceller: Sendable {
  /// Orders waiting at one time.
  private static let ordersMax = 1024

  private struct Queue {
    var orders: [CancelOrder] = []
    var isStopped = false
  }

  private let queue = Mutex(Queue())
  private let bell: Bell

  init?() {
    guard let bell = Bell() else { return nil }
    self.bell = bell
  }

  func enqueue(_ order: CancelOrder) {
    queue.withLock { queue in
      if !queue.isStopped, queue.orders.count < Self.ordersMax { queue.orders.append(order) }
    }
    bell.ring()
  }

  func stop() {
    queue.withLock { $0.isStopped = true }
    bell.ring()
  }

  func run() {
    while true {
      bell.wait()
      let (orders, isStopped) = queue.withLock { queue in
        defer { queue.orders = [] }
        return (queue.orders, queue.isStopped)
      }
      for order in orders { order.execute() }
      if isStopped { return }
    }
  }
}
