/// Quantiles by nearest rank: each is a value that was really seen.
package enum Quantile {
  /// The least value that at least `share` of all do not exceed; 0 of none. `sorted` rises.
  package static func of(_ sorted: [Double], _ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[rank(sorted.count, share) - 1]
  }

  /// Of so many values in rising order, which one it is, counted from 1.
  package static func rank(_ count: Int, _ share: Double) -> Int {
    min(count, max(1, Int((Double(count) * share).rounded(.up))))
  }
}
