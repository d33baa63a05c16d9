import BulkheadCore
import BulkheadPostgres

/// The clocks and the memory of a tenant's policy, as PostgreSQL keeps them itself: they hold on the server even when
/// this process is gone.
///
/// Sent after the bind, for the transaction alone, and only where a policy or a tool of the operator's asks for
/// something else than what every session is opened with (`SessionSettings`): the others pay nothing.
enum SessionClocks {
  private struct Setting {
    let limit: Limit
    let name: String
    let unit: String
    /// What every session is opened with: a policy only tightens it.
    let most: Int64
  }

  private static let settings: [Setting] = [
    Setting(limit: .transactionMilliseconds, name: "statement_timeout", unit: "ms", most: 10_000),
    Setting(limit: .lockMilliseconds, name: "lock_timeout", unit: "ms", most: 5_000),
    Setting(limit: .idleMilliseconds, name: "idle_in_transaction_session_timeout", unit: "ms", most: 15_000),
    Setting(limit: .workMemoryKilobytes, name: "work_mem", unit: "kB", most: 4_096),
  ]

  /// The settings as libpq's `options` take them.
  static let options = settings.map { "\($0.name)=\($0.most)\($0.unit)" }

  /// For a statement of the operator's own tools: as long as the tool gives it, and the plans of who reads whole
  /// tables. A table of ten rows is never analysed by itself, and the planner, which takes it for one row, would go
  /// through half a million moves once for each product.
  static func commands(operatorsOwn max: Duration) -> [Command] {
    [
      "SET LOCAL statement_timeout = '\(max.microseconds / 1000)ms'", "SET LOCAL enable_nestloop = off",
      "SET LOCAL work_mem = '64MB'",
    ].map { .once(text: $0, parameters: []) }
  }

  /// `SET` takes no parameters; what stands in its text are names of ours and whole numbers.
  static func commands(_ limits: PolicyLimits) -> [Command] {
    settings.compactMap { setting in
      guard let value = limits[setting.limit], value < setting.most else { return nil }
      return .once(text: "SET LOCAL \(setting.name) = '\(value)\(setting.unit)'", parameters: [])
    }
  }
}

extension PolicyLimits {
  /// What a transaction may take at most; a day when the policy says nothing, so that other bounds hold.
  var transactionMax: Duration { self[.transactionMilliseconds].map { .milliseconds($0) } ?? .seconds(86_400) }

  var resultBytesMax: Int { self[.resultBytes].map { Int($0) } ?? .max }
}
