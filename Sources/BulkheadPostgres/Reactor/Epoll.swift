import Glibc

/// Linux's readiness interface (epoll(7)), level-triggered.
///
/// Level-triggered on purpose: libpq reads once per call and stops at a short read, so with edges one more `recv` per
/// answer would be needed to know that the socket is empty.
///
/// `<sys/epoll.h>` is in no module that Swift ships, so its three functions are looked up in the C library by name.
struct Epoll: Sendable {
  /// What a descriptor is watched for, or is ready for.
  struct Readiness: OptionSet, Sendable {
    let rawValue: UInt32
    static let input = Readiness(rawValue: 0x001)
    static let output = Readiness(rawValue: 0x004)
  }

  private enum Operation: Int32 {
    case add = 1
    case remove = 2
    case modify = 3
  }

  private typealias Create = @convention(c) (Int32) -> Int32
  private typealias Control = @convention(c) (Int32, Int32, Int32, UnsafeMutableRawPointer?) -> Int32
  private typealias Wait = @convention(c) (Int32, UnsafeMutableRawPointer?, Int32, Int32) -> Int32

  private let descriptor: Int32
  private let control: Control
  private let waitForEvents: Wait

  /// `nil` when the system refuses, for want of descriptors or memory.
  init?() {
    guard let create = dlsym(nil, "epoll_create1"), let control = dlsym(nil, "epoll_ctl"),
      let wait = dlsym(nil, "epoll_wait")
    else { return nil }
    descriptor = unsafeBitCast(create, to: Create.self)(O_CLOEXEC)
    self.control = unsafeBitCast(control, to: Control.self)
    self.waitForEvents = unsafeBitCast(wait, to: Wait.self)
    guard descriptor >= 0 else { return nil }
  }

  func add(_ socket: Int32, id: UInt64, _ readiness: Readiness) -> Bool { change(.add, socket, id, readiness) }
  func modify(_ socket: Int32, id: UInt64, _ readiness: Readiness) -> Bool { change(.modify, socket, id, readiness) }
  func remove(_ socket: Int32) { _ = change(.remove, socket, 0, []) }

  private func change(_ operation: Operation, _ socket: Int32, _ id: UInt64, _ readiness: Readiness) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: EventLayout.size, alignment: 8) { event in
      event.storeBytes(of: readiness.rawValue, as: UInt32.self)
      event.storeBytes(of: id, toByteOffset: EventLayout.idOffset, as: UInt64.self)
      return control(descriptor, operation.rawValue, socket, event.baseAddress) == 0
    }
  }

  /// Waits until something is ready or `milliseconds` have passed (-1: for ever) and hands the id of each ready
  /// descriptor to `body`.
  func wait(_ events: EventBuffer, milliseconds: Int32, _ body: (UInt64) -> Void) {
    let count = waitForEvents(descriptor, events.memory.baseAddress, EventBuffer.eventsMax, milliseconds)
    // -1 is an interrupted wait: nothing is lost, the caller waits again.
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      let offset = index * EventLayout.size + EventLayout.idOffset
      body(events.memory.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }

  func close() { _ = Glibc.close(descriptor) }
}

/// `struct epoll_event`: packed on x86-64 only, so that 32-bit programs share it.
private enum EventLayout {
  #if arch(x86_64)
    static let size = 12
    static let idOffset = 4
  #else
    static let size = 16
    static let idOffset = 8
  #endif
}

/// Room for the events of one wait. Owned by the thread that waits.
final class EventBuffer {
  static let eventsMax: Int32 = 64
  fileprivate let memory: UnsafeMutableRawBufferPointer

  init() { memory = .allocate(byteCount: Int(Self.eventsMax) * EventLayout.size, alignment: 8) }
  deinit { memory.deallocate() }
}
