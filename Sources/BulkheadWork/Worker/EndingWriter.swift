/// Writes down how jobs ended, one statement at a time: endings that come while one is being written go together with
/// the next. So a worker's jobs do not wait for one another's commits, and a busy one commits seldom.
actor EndingWriter {
  /// Endings written in one statement.
  private static let batchMax = 256

  private let finish: @Sendable ([JobEnding]) async throws -> Set<JobLease>
  private var waiting: [(ending: JobEnding, continuation: CheckedContinuation<Bool, any Error>)] = []
  private var isWriting = false

  init(finish: @escaping @Sendable ([JobEnding]) async throws -> Set<JobLease>) { self.finish = finish }

  /// Whether the queue accepted the ending. Throws what the statement throws; then nothing was written.
  func write(_ ending: JobEnding) async throws -> Bool {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append((ending, continuation))
      guard !isWriting else { return }
      isWriting = true
      Task { await self.drain() }
    }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let batch = waiting.prefix(Self.batchMax)
      waiting.removeFirst(batch.count)
      do {
        let accepted = try await finish(batch.map(\.ending))
        for (ending, continuation) in batch { continuation.resume(returning: accepted.contains(ending.lease)) }
      } catch {
        for (_, continuation) in batch { continuation.resume(throwing: error) }
      }
    }
    isWriting = false
  }
}
