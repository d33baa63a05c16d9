import Synchronization

/// What is measured of every request of one route. Made once per route, so that counting looks nothing up.
struct RouteMeters: Sendable {
  private let classes: [Counter]
  private let durations: Histogram

  init(_ metrics: Metrics, method: String, route: String) {
    classes = (1...5).map { statusClass in
      metrics.counter(
        "bulkhead_http_requests_total", "Requests answered.",
        labels: ["method": method, "route": route, "status": "\(statusClass)xx"])
    }
    durations = metrics.histogram(
      "bulkhead_http_request_seconds", "Time from the request's head to its answer.",
      labels: ["method": method, "route": route])
  }

  func record(status: Int, microseconds: Int64) {
    let index = status / 100 - 1
    if classes.indices.contains(index) { classes[index].add() }
    durations.record(microseconds: microseconds)
  }
}

/// What is measured of the server as a whole.
final class ServerMeters: Sendable {
  private let metrics: Metrics
  private let underWay: Gauge
  /// Codes seen; beyond `codesMax` the label is `other`. Codes are ours, so this bound is a second fence.
  private let refusals = Mutex<[String: Counter]>([:])
  static let codesMax = 512
  /// Requests whose path no route names.
  let unmatched: RouteMeters

  private final class Gauge: Sendable {
    let value = Atomic<Int>(0)
  }

  init(_ metrics: Metrics) {
    self.metrics = metrics
    let gauge = Gauge()
    underWay = gauge
    unmatched = RouteMeters(metrics, method: "any", route: "unmatched")
    metrics.gauge("bulkhead_http_in_flight", "Requests under way.") { Double(gauge.value.load(ordering: .relaxed)) }
  }

  func begin() { underWay.value.add(1, ordering: .relaxed) }
  func end() { underWay.value.subtract(1, ordering: .relaxed) }

  func refused(_ code: String) {
    let counter = refusals.withLock { refusals in
      if let counter = refusals[code] { return counter }
      let label = refusals.count < Self.codesMax ? code : "other"
      let counter = metrics.counter(
        "bulkhead_http_refusals_total", "Refusals by code.", labels: ["code": label])
      if label == code { refusals[code] = counter }
      return counter
    }
    counter.add()
  }
}
