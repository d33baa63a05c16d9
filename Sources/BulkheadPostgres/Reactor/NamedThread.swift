import Glibc

/// Starts a thread of the operating system that runs `body` and ends with it; false when the system refuses.
///
/// Its signals are blocked, so that the process handles them elsewhere. `name` has at most 15 characters.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
  let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      let start = Unmanaged<ThreadStart>.fromOpaque(raw).takeRetainedValue()
      start.nameThread()
      start.body()
      return nil
    }, start.toOpaque())
  guard failure == 0 else {
    start.release()
    return false
  }
  pthread_detach(thread)
  return true
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  /// Through the file system (proc(5)): `pthread_setname_np` is a GNU extension that Swift's Glibc module leaves out.
  /// A thread without its name runs as well.
  func nameThread() {
    guard let file = fopen("/proc/thread-self/comm", "we") else { return }
    fputs(name, file)
    fclose(file)
  }
}
