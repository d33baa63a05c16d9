import BulkheadCore
import BulkheadPostgres

/// The clocks and the memory of a tenant's policy, as PostgreSQL keeps them itself: they hold on the server even when
/// this process is gone.
///
/// Sent after the bind, for the transaction alone, and only where a policy or a tool of the operator's asks for something
/// else than what every session is opened with (`SessionSettings`): the others pay nothing.
enum SessionClocks {
  private static let settings: [(limit: Limit, name: String, unit: String)] = [
    (.transactionMilliseconds, "statement_timeout", "ms"), (.lockMilliseconds, "lock_timeout", "ms"),
    (.idleMilliseconds, "idle_in_transaction_session_timeout", "ms"), (.workMemoryKilobytes, "work_mem", "kB"),
  ]

  /// What a statement of the operator's own tools may take: as long as the tool gives it.
  static func commands(operatorsOwn max: Duration) -> [Command] {
    [.once(text: "SET LOCAL statement_timeout = '\(max.microseconds / 1000)ms'", parameters: [])]
  }

  /// `SET` takes no parameters; what stands in its text are names of ours and whole numbers.
  static func commands(_ limits: PolicyLimits) -> [Command] {
    settings.compactMap { setting in
      limits[setting.limit].map { value in
        .once(text: "SET LOCAL \(setting.name) = '\(value)\(setting.unit)'", parameters: [])
      }
    }
  }
}

extension PolicyLimits {
  /// What a transaction may take at most; a day when the policy says nothing, so that other bounds hold.
  var transactionMax: Duration { self[.transactionMilliseconds].map { .milliseconds($0) } ?? .seconds(86_400) }

  var resultBytesMax: Int { self[.resultBytes].map { Int($0) } ?? .max }
}
