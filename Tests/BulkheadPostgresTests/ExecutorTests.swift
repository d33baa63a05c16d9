import BulkheadCore
import BulkheadPostgres
import Glibc
import Testing

@Suite struct ExecutorTests {
  private func threadID() -> UInt { UInt(pthread_self()) }

  @Test("a task on the reactor's executor goes on on one and the same thread")
  func sameThread() async throws {
    let own = try PostgresReactor()
    try await withTaskExecutorPreference(own.executor) {
      let connection = try await connect(on: own)
      let first = threadID()
      for number in 0..<100 {
        #expect(try await connection.cell("SELECT \(number)") == String(number))
        #expect(threadID() == first)
      }
    }
  }

  @Test("many tasks on the executor each get their own answers, beside one that never waits")
  func interleaved() async throws {
    let own = try PostgresReactor()
    let busy = Task(executorPreference: own.executor) { while !Task.isCancelled { await Task.yield() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask(executorPreference: own.executor) {
          let connection = try await connect(on: own)
          for round in 0..<50 {
            #expect(
              try await connection.cell("SELECT $1::text", .int(Int64(index * 100 + round))) == "\(index * 100 + round)"
            )
          }
        }
      }
      try await group.waitForAll()
    }
    busy.cancel()
    await busy.value
  }

  @Test("tasks of a stopped reactor still end")
  func stopped() async throws {
    let own = try PostgresReactor()
    let task = Task(executorPreference: own.executor) {
      own.stop()
      for _ in 0..<10 { await Task.yield() }
      return try await connect().cell("SELECT 'done'")
    }
    #expect(try await task.value == "done")
  }
}
