import ArgumentParser
import UnixSignals

/// Ctrl-C and SIGTERM end a battery in order: its servers are stopped and removed first.
enum Interruption {
  static func watching<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        for await _ in signals { break }
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else {
        Console.step("stopping")
        group.cancelAll()
        // The battery stops its servers before it ends.
        while (try? await group.next()) != nil {}
        Remains.removeAll()
        throw ExitCode(130)
      }
      return value
    }
  }
}
