import Glibc

/// Wakes a thread that waits on descriptors: a pipe that anyone may write to (the self-pipe of D. J. Bernstein).
final class Bell: Sendable {
  /// Readable while the bell has been rung and not yet silenced.
  let descriptor: Int32
  private let sender: Int32

  /// `nil` when the process is out of descriptors.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    sender = ends[1]
  }

  /// A full pipe is as good as another byte in it: the thread will wake.
  func ring() {
    var byte: UInt8 = 1
    _ = write(sender, &byte, 1)
  }

  /// Blocks the calling thread until the bell is rung, and silences it.
  func wait() {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&watched, 1, -1) < 1 {}
    silence()
  }

  func silence() {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
      while read(descriptor, bytes.baseAddress, 64) == 64 {}
    }
  }

  deinit {
    _ = close(descriptor)
    _ = close(sender)
  }
}
