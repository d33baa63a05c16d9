import Glibc
import Synchronization

/// The jobs that wait for one thread. Unbounded, as an executor must be: Swift does not let a job be refused.
final class JobQueue: Sendable {
  private struct State {
    var jobs: [UnownedJob] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let thread = Atomic<UInt>(0)

  /// The calling thread is the one that takes the jobs.
  func adoptThread() { thread.store(UInt(pthread_self()), ordering: .relaxed) }

  /// Whether the thread must be woken: it sleeps only after it found the queue empty, so only for the first job, and
  /// not when it is itself the one who appends.
  func append(_ job: UnownedJob) -> Bool {
    let (isFirst, isClosed) = state.withLock { state in
      if !state.isClosed { state.jobs.append(job) }
      return (state.jobs.count == 1, state.isClosed)
    }
    guard !isClosed else {
      globalConcurrentExecutor.enqueue(job)
      return false
    }
    return isFirst && thread.load(ordering: .relaxed) != UInt(pthread_self())
  }

  var isEmpty: Bool { state.withLock { $0.jobs.isEmpty } }

  func take() -> [UnownedJob] {
    state.withLock { state in
      guard !state.jobs.isEmpty else { return [] }
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  /// No more jobs run here: what waits and what comes goes to the global executor.
  func close() {
    let left = state.withLock { state in
      state.isClosed = true
      defer { state.jobs = [] }
      return state.jobs
    }
    for job in left { globalConcurrentExecutor.enqueue(job) }
  }
}
