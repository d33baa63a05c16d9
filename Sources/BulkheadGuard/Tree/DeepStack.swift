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

/// Runs `work` to its end on a thread with a stack of `deepStackBytes`. False when the system gave no thread.
///
/// The parser's tree is read, copied and freed by recursive C code without a depth check of its own; on the caller's
/// stack (512 KiB for secondary threads on some systems) a chain of 270 operators overflows it. A thread costs some
/// tens of microseconds, once for each distinct statement.
func onDeepStack(_ work: () -> Void) -> Bool {
  withoutActuallyEscaping(work) { escapable in
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return false }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, deepStackBytes) == 0 else { return false }

    // The box is used by one thread at a time: the new thread runs it, and this one only waits in pthread_join.
    let box = Unmanaged.passRetained(Work(escapable))
    defer { box.release() }
    return run(box.toOpaque(), &attributes)
  }
}

private func run(_ box: UnsafeMutableRawPointer, _ attributes: inout pthread_attr_t) -> Bool {
  #if canImport(Darwin)
    var thread: pthread_t?
    let created = pthread_create(&thread, &attributes, { runWork($0) }, box)
    guard created == 0, let thread else { return false }
  #else
    var thread = pthread_t()
    let created = pthread_create(&thread, &attributes, { runWork($0) }, box)
    guard created == 0 else { return false }
  #endif
  return pthread_join(thread, nil) == 0
}

private func runWork(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<Work>.fromOpaque(box).takeUnretainedValue().run() }
  return nil
}

private final class Work {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}
