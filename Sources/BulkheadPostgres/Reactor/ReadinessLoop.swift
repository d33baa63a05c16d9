import BulkheadCore
import Synchronization

/// The thread that receives: waits until sockets are ready and lets their wires read.
///
/// It is a task executor as well: a task that runs here goes on where its answer arrived, without a hop between
/// threads. Jobs run in turns with the sockets, all that wait at the moment at a time.
final class ReadinessLoop: TaskExecutor {
  private struct Registry {
    var wires: [UInt64: Wire] = [:]
    var lastID: UInt64 = 0
    var isStopped = false
  }

  /// The bell's name among the ids of wires.
  private static let bellID: UInt64 = 0

  /// Nanoseconds that a stopped call gets to end before its connection is given up.
  let cancelGrace: Int64
  private let epoll: Epoll
  private let bell: Bell
  private let registry = Mutex(Registry())
  private let jobs = JobQueue()
  /// When the thread looks for expired calls next, in nanoseconds since `origin`. Never later than the earliest
  /// expiry; often earlier, since calls that end in time leave it as it is, which costs one look around per deadline
  /// length instead of a timer per call.
  private let nextLook = Atomic<Int64>(.max)
  private let origin = ContinuousClock.now

  /// `nil` when the system is out of descriptors.
  init?(cancelGrace: Duration) {
    guard let epoll = Epoll() else { return nil }
    guard let bell = Bell(), epoll.add(bell.descriptor, id: Self.bellID, .input) else {
      epoll.close()
      return nil
    }
    self.epoll = epoll
    self.bell = bell
    self.cancelGrace = max(0, cancelGrace.nanoseconds)
  }

  deinit { epoll.close() }

  // MARK: Wires

  func makeID() -> UInt64 {
    registry.withLock { registry in
      registry.lastID += 1
      return registry.lastID
    }
  }

  /// Watches `socket` for `wire`; false when the loop has stopped or the system refuses.
  func add(_ wire: Wire, socket: Int32) -> Bool {
    let isListed = registry.withLock { registry in
      guard !registry.isStopped else { return false }
      registry.wires[wire.id] = wire
      return true
    }
    return isListed && epoll.add(socket, id: wire.id, .input)
  }

  /// Forgets the wire. `socket` is negative when it has been closed, which took it out of the kernel's list.
  func remove(_ id: UInt64, socket: Int32) {
    if socket >= 0 { epoll.remove(socket) }
    registry.withLock { $0.wires[id] = nil }
  }

  func watch(_ id: UInt64, socket: Int32, room: Bool) {
    _ = epoll.modify(socket, id: id, room ? [.input, .output] : .input)
  }

  // MARK: Time

  /// `instant` on the loop's scale.
  func time(_ instant: ContinuousClock.Instant) -> Int64 { (instant - origin).nanoseconds }
  func now() -> Int64 { time(.now) }

  /// Makes sure that the thread looks for expired calls at `time`.
  ///
  /// A call's expiry is stored under its wire's lock before this is called. `look` raises `nextLook` before it takes
  /// those locks one by one. So either it sees the expiry, or this sees the raised value and lowers it.
  func wake(by time: Int64) {
    if lowerNextLook(to: time) { bell.ring() }
  }

  private func lowerNextLook(to time: Int64) -> Bool {
    var current = nextLook.load(ordering: .sequentiallyConsistent)
    while time < current {
      let (done, found) = nextLook.compareExchange(
        expected: current, desired: time, ordering: .sequentiallyConsistent)
      if done { return true }
      current = found
    }
    return false
  }

  // MARK: The thread

  func enqueue(_ job: consuming ExecutorJob) {
    if jobs.append(UnownedJob(job)) { bell.ring() }
  }

  func run() {
    let events = EventBuffer()
    jobs.adoptThread()
    while !registry.withLock({ $0.isStopped }) {
      epoll.wait(events, milliseconds: jobs.isEmpty ? timeout() : 0) { id in
        if id == Self.bellID { return bell.silence() }
        registry.withLock { $0.wires[id] }?.socketBecameReady()
      }
      for job in jobs.take() { job.runSynchronously(on: asUnownedTaskExecutor()) }
      look()
    }
    let wires = registry.withLock { Array($0.wires.values) }
    for wire in wires { wire.close("the reactor has been stopped") }
    jobs.close()
  }

  func stop() {
    registry.withLock { $0.isStopped = true }
    bell.ring()
  }

  private func timeout() -> Int32 {
    let next = nextLook.load(ordering: .sequentiallyConsistent)
    guard next != .max else { return -1 }
    let left = next - now()
    return left <= 0 ? 0 : Int32(min((left + 999_999) / 1_000_000, 3_600_000))
  }

  private func look() {
    let next = nextLook.load(ordering: .sequentiallyConsistent)
    guard next != .max else { return }
    let now = now()
    guard next <= now else { return }
    nextLook.store(.max, ordering: .sequentiallyConsistent)
    let wires = registry.withLock { Array($0.wires.values) }
    let earliest = wires.reduce(Int64.max) { min($0, $1.expire(now: now)) }
    _ = lowerNextLook(to: earliest)
  }
}
