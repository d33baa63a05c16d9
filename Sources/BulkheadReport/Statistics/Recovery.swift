/// How long latencies stay above what they were, once what raised them has ended.
///
/// Latencies are looked at in windows that slide: each window's 99th percentile. One window of a second holds so few
/// samples that even in quiet times some exceed the overall percentile, so what counts as quiet is the highest that
/// windows reach there.
package struct Recovery: Sendable {
  package struct Sample: Sendable {
    /// Seconds.
    package let at: Double
    package let latency: Double

    package init(at: Double, latency: Double) {
      self.at = at
      self.latency = latency
    }
  }

  /// Seconds.
  package let window: Double
  package let step: Double

  package init(window: Double = 1, step: Double = 0.25) {
    self.window = window
    self.step = step
  }

  package struct Window: Sendable {
    package let start: Double
    package let median: Double
    package let p99: Double
  }

  /// The windows that lie within `range` and hold samples. `samples` rise in time.
  package func windows(_ samples: [Sample], in range: Range<Double>) -> [Window] {
    var windows: [Window] = []
    var start = range.lowerBound
    var first = 0
    while start + window <= range.upperBound + 1e-9 {
      while first < samples.count, samples[first].at < start { first += 1 }
      let latencies = samples[first...].prefix { $0.at < start + window }.map(\.latency).sorted()
      if !latencies.isEmpty {
        windows.append(
          Window(start: start, median: Quantile.of(latencies, 0.5), p99: Quantile.of(latencies, 0.99)))
      }
      start += step
    }
    return windows
  }

  /// Seconds from the start of `range` to the end of its last window whose 99th percentile is above `bound`; 0 when
  /// none is, and `nil` when the very last one still is.
  package func time(_ samples: [Sample], in range: Range<Double>, bound: Double) -> Double? {
    let windows = windows(samples, in: range)
    guard let last = windows.lastIndex(where: { $0.p99 > bound }) else { return 0 }
    return last == windows.count - 1 ? nil : windows[last].start + window - range.lowerBound
  }
}
