import Synchronization

/// The process's measurements, in the form Prometheus reads.
///
/// Labels are bounded sets (methods, route templates, status classes, refusal codes). No label ever names a tenant:
/// `/metrics` is read by people who must not learn who the tenants are, and the number of series must not grow with
/// them.
package final class Metrics: Sendable {
  /// Series of one family; further label sets share one series with the label `overflow="true"`.
  package static let seriesMax = 4096

  private enum Series {
    case counter(Counter)
    case histogram(Histogram)
    case gauge(@Sendable () -> Double)
  }

  private struct Family {
    let help: String
    let type: String
    var series: [String: Series] = [:]
  }

  private let families = Mutex<[String: Family]>([:])

  package init() {}

  /// The counter of `name` with `labels`; the same one each time. Names follow Prometheus' rules, with the unit last:
  /// `bulkhead_http_requests_total`.
  package func counter(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter {
    let series = series(name, help, "counter", labels) { .counter(Counter()) }
    guard case .counter(let counter) = series else { return Counter() }
    return counter
  }

  /// A histogram of durations in seconds.
  package func histogram(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Histogram {
    let series = series(name, help, "histogram", labels) { .histogram(Histogram()) }
    guard case .histogram(let histogram) = series else { return Histogram() }
    return histogram
  }

  /// A value that is read when somebody asks. `read` must be quick and must not wait.
  package func gauge(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
    read: @escaping @Sendable () -> Double
  ) {
    _ = series(name, help, "gauge", labels) { .gauge(read) }
  }

  private func series(
    _ name: String, _ help: String, _ type: String, _ labels: KeyValuePairs<String, String>, make: () -> Series
  ) -> Series {
    families.withLock { families in
      var family = families[name] ?? Family(help: help, type: type)
      var key = Self.text(labels)
      if family.series[key] == nil, family.series.count >= Self.seriesMax { key = "overflow=\"true\"" }
      let series = family.series[key] ?? make()
      family.series[key] = series
      families[name] = family
      return series
    }
  }

  /// `name="value",…` with the escapes of the text format.
  private static func text(_ labels: KeyValuePairs<String, String>) -> String {
    labels.map { name, value in
      var escaped = ""
      for character in value.unicodeScalars {
        switch character {
        case "\\": escaped += "\\\\"
        case "\"": escaped += "\\\""
        case "\n": escaped += "\\n"
        default: escaped.unicodeScalars.append(character)
        }
      }
      return "\(name)=\"\(escaped)\""
    }.joined(separator: ",")
  }

  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Everything in Prometheus' text exposition format 0.0.4, ordered by name and labels.
  package func exposition() -> String {
    // Gauges run outside of the lock: one may read a component that itself counts something here.
    let families = families.withLock { $0 }
    var out = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        switch series {
        case .counter(let counter): out += "\(name)\(suffix) \(counter.total)\n"
        case .gauge(let read): out += "\(name)\(suffix) \(read())\n"
        case .histogram(let histogram): histogram.write(name, labels, into: &out)
        }
      }
    }
    return out
  }
}

/// A number that only rises.
package final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  package func add(_ amount: Int = 1) { value.add(amount, ordering: .relaxed) }
  package var total: Int { value.load(ordering: .relaxed) }
}

/// Durations, counted in fixed buckets from 0.25 ms to 10 s.
package final class Histogram: Sendable {
  /// Upper bounds in microseconds.
  package static let bounds: [Int64] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000,
  ]

  private struct State {
    var counts = [Int](repeating: 0, count: Histogram.bounds.count + 1)
    var microseconds: Int64 = 0
  }
  private let state = Mutex(State())

  package func record(microseconds: Int64) {
    let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.microseconds &+= microseconds
    }
  }

  func write(_ name: String, _ labels: String, into out: inout String) {
    let state = state.withLock { $0 }
    let prefix = labels.isEmpty ? "" : labels + ","
    let suffix = labels.isEmpty ? "" : "{\(labels)}"
    var cumulative = 0
    for (bound, count) in zip(Self.bounds, state.counts) {
      cumulative += count
      out += "\(name)_bucket{\(prefix)le=\"\(Double(bound) / 1_000_000)\"} \(cumulative)\n"
    }
    let total = state.counts.reduce(0, +)
    out += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(total)\n"
    out += "\(name)_sum\(suffix) \(Double(state.microseconds) / 1_000_000)\n"
    out += "\(name)_count\(suffix) \(total)\n"
  }
}
