import ArgumentParser

/// What stands between one tenant's flood and all the others.
enum Control: String, CaseIterable, ExpressibleByArgument {
  /// The product: fair leases, bounds of requests, guard, bind, row security, fair claims.
  case bulkhead
  /// The product with its walls but without fairness: leases in order of arrival, no bound of a tenant's.
  case arrival
  /// Nothing: an administrator's connections, one for everyone who wants one, `WHERE tenant_id = …` by hand.
  case uncontrolled = "none"
  /// The same handlers through pgbouncer, with a small pool for the one that floods and a large one for the
  /// others: caps set by someone who knew who would flood.
  case pgbouncer
  /// `arrival` with jobs claimed first in, first out.
  case fifo

  var name: String {
    switch self {
    case .bulkhead: "Bulkhead"
    case .arrival: "Bulkhead, fairness off"
    case .uncontrolled: "no control"
    case .pgbouncer: "pgbouncer, cap \(Pooler.flooderPool)"
    case .fifo: "FIFO queue"
    }
  }

  /// Whether guard, bind and row security are in the way.
  var hasWalls: Bool {
    switch self {
    case .bulkhead, .arrival, .fifo: true
    case .uncontrolled, .pgbouncer: false
    }
  }
}
