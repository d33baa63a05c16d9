/// A bound that a policy may set for the tenants below a node of the org tree. All are upper bounds of one tenant, so
/// less is always tighter.
public enum Limit: String, Sendable, CaseIterable, Comparable {
  /// Requests that may begin in a second, over time.
  case requestsPerSecond
  /// Requests that may begin at once before the rate holds.
  case requestBurst
  /// Requests under way at once.
  case requestsInFlight
  /// Bytes of a request's body.
  case bodyBytes
  /// Bytes of the rows that one round trip to the database may bring.
  case resultBytes
  /// Database transactions under way at once, of requests and jobs together, in one process.
  case leases
  /// Transactions that may wait for their turn at the database.
  case leaseWaiters
  /// Milliseconds a transaction may take, its wait for a turn included.
  case transactionMilliseconds
  /// Milliseconds a statement may wait for a row that another transaction of the tenant holds.
  case lockMilliseconds
  /// Milliseconds a transaction may stand open without a statement.
  case idleMilliseconds
  /// Kilobytes that one sort or hash of a statement may take before it goes to disk (PostgreSQL's `work_mem`).
  case workMemoryKilobytes

  /// What the value is counted in.
  public var unit: String {
    switch self {
    case .requestsPerSecond: "requests per second"
    case .requestBurst, .requestsInFlight: "requests"
    case .bodyBytes, .resultBytes: "bytes"
    case .leases, .leaseWaiters: "transactions"
    case .transactionMilliseconds, .lockMilliseconds, .idleMilliseconds: "milliseconds"
    case .workMemoryKilobytes: "kilobytes"
    }
  }

  /// Values that make sense. Below, a tenant could not work at all; above, the value bounds nothing.
  public var range: ClosedRange<Int64> {
    switch self {
    case .requestsPerSecond, .requestBurst: 1...100_000
    case .requestsInFlight: 1...10_000
    case .bodyBytes: 1_024...67_108_864
    case .resultBytes: 65_536...268_435_456
    case .leases: 1...1_000
    case .leaseWaiters: 1...100_000
    case .transactionMilliseconds: 100...3_600_000
    case .lockMilliseconds, .idleMilliseconds: 10...600_000
    // PostgreSQL's own least.
    case .workMemoryKilobytes: 64...1_048_576
    }
  }

  public static func < (left: Limit, right: Limit) -> Bool { left.rawValue < right.rawValue }
}
