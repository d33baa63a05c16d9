import BulkheadCore
import Synchronization

/// The machine's clock, never telling the same microsecond twice.
///
/// Lists are ordered by ids, and ids by the microsecond in which they were made. Two ids of one microsecond would be
/// listed by chance, in one world this way and in the other that way, with nobody else having had a part in it.
final class OrderedTime: WallClock {
  private let last = Mutex<Int64>(0)

  func now() -> Instant {
    let machine = SystemClock().now().microseconds
    return last.withLock { last in
      last = max(machine, last + 5)
      return Instant(microseconds: last)
    }
  }
}
