import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Stack of the parsing thread, in bytes. Only touched pages are ever backed by memory. 8,192 tokens at the measured
/// 2–3 KiB a level need at most 24 MiB.
let deepStackBytes = 64 << 20

/// Runs `work` to its end on the parsing thread and returns what it made. `nil` when the system gave no thread.
func onDeepStack<Outcome: Sendable>(_ work: @escaping @Sendable () -> Outcome) -> Outcome? {
  guard let thread = DeepStack.shared else { return nil }
  let slot = Slot<Outcome>()
  thread.perform { slot.outcome.withLock { $0 = work() } }
  return slot.outcome.withLock { $0 }
}

/// Where the parsing thread leaves what it made for the one who waits.
private final class Slot<Outcome: Sendable>: Sendable {
  let outcome = Mutex<Outcome?>(nil)
}

/// The one thread on which statements are parsed, for the life of the process.
///
/// The parser's tree is read, copied and freed by recursive C code without a depth check of its own; on the caller's
/// stack (512 KiB for secondary threads on some systems) a chain of 270 operators overflows it. It is one thread, not
/// one for each statement, because libpg_query takes a thread-specific key on every thread that it runs on and never
/// gives it back: after a thousand threads a process has none left.
private final class DeepStack: Sendable {
  static let shared = DeepStack()

  /// A piece of work and the one who waits for its end.
  private struct Order: Sendable {
    let work: @Sendable () -> Void
    let done = DispatchSemaphore(value: 0)
  }

  private let orders = Mutex<[Order]>([])
  private let waiting = DispatchSemaphore(value: 0)

  private init?() {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, deepStackBytes) == 0,
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED)) == 0
    else { return nil }
    // The thread keeps its owner for ever; both live as long as the process.
    let box = Unmanaged.passRetained(self).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    guard pthread_create(&thread, &attributes, { serveDeepStack($0) }, box) == 0 else {
      Unmanaged<DeepStack>.fromOpaque(box).release()
      return nil
    }
  }

  func perform(_ work: @escaping @Sendable () -> Void) {
    let order = Order(work: work)
    orders.withLock { $0.append(order) }
    waiting.signal()
    order.done.wait()
  }

  fileprivate func serve() {
    while true {
      waiting.wait()
      guard let order = orders.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
      order.work()
      order.done.signal()
    }
  }
}

private func serveDeepStack(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<DeepStack>.fromOpaque(box).takeUnretainedValue().serve() }
  return nil
}
