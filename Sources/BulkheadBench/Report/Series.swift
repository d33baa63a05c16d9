/// One figure over all rounds.
struct Series {
  let values: [Double]

  init(_ values: [Double]) { self.values = values.sorted() }

  var median: Double {
    guard !values.isEmpty else { return 0 }
    let middle = values.count / 2
    return values.count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
  }

  var least: Double { values.first ?? 0 }
  var greatest: Double { values.last ?? 0 }

  /// What 95 of 100 do not exceed (nearest rank).
  var p95: Double { percentile(95) }
  var p99: Double { percentile(99) }

  private func percentile(_ percent: Int) -> Double {
    values.isEmpty ? 0 : values[(values.count * percent + 99) / 100 - 1]
  }
}
