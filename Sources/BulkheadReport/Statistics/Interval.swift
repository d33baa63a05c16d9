import BulkheadCore

/// A figure and the interval in which it lies with 95 % confidence.
package struct Interval: Hashable, Sendable {
  package let value: Double
  package let low: Double
  package let high: Double

  package init(value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// The percentile interval of a bootstrap's `resamples`.
  package init(value: Double, resamples: [Double]) {
    let sorted = resamples.sorted()
    self.init(value: value, low: Quantile.of(sorted, 0.025), high: Quantile.of(sorted, 0.975))
  }
}

/// Percentile bootstrap (Efron 1979) over rounds and over the samples within each: what differs between rounds widens
/// the interval as well as what differs between samples.
package struct Bootstrap {
  package static let resamplesDefault = 2_000

  private let resamples: Int
  private let random: SeededRandom

  package init(seed: UInt64, resamples: Int = resamplesDefault) {
    self.resamples = resamples
    random = SeededRandom(seed: seed)
  }

  /// The samples of one round in the two states that are compared.
  package struct Round: Sendable {
    package let loaded: [Double]
    package let quiet: [Double]

    package init(loaded: [Double], quiet: [Double]) {
      self.loaded = loaded
      self.quiet = quiet
    }
  }

  /// For each of `shares`, the quantile of the loaded samples over that of the quiet ones, all rounds together.
  package func quantileRatios(_ rounds: [Round], _ shares: [Double]) -> [Interval] {
    let loaded = RankedRounds(rounds.map(\.loaded))
    let quiet = RankedRounds(rounds.map(\.quiet))
    guard !loaded.isEmpty, !quiet.isEmpty else { return shares.map { _ in Interval(value: 0, low: 0, high: 0) } }
    var found = [[Double]](repeating: [], count: shares.count)
    for _ in 0..<resamples {
      let chosen = rounds.map { _ in Int(random.next() % UInt64(rounds.count)) }
      let above = loaded.quantiles(shares, resampledFrom: chosen, random)
      let below = quiet.quantiles(shares, resampledFrom: chosen, random)
      for index in shares.indices where below[index] > 0 { found[index].append(above[index] / below[index]) }
    }
    let above = loaded.quantiles(shares)
    let below = quiet.quantiles(shares)
    return shares.indices.map { index in
      Interval(value: below[index] > 0 ? above[index] / below[index] : 0, resamples: found[index])
    }
  }

  /// The sum of the first members over the sum of the second, over rounds.
  package func sumRatio(_ rounds: [(above: Double, below: Double)]) -> Interval {
    func ratio(_ rounds: [(above: Double, below: Double)]) -> Double {
      let below = rounds.reduce(0) { $0 + $1.below }
      return below > 0 ? rounds.reduce(0) { $0 + $1.above } / below : 0
    }
    guard !rounds.isEmpty else { return Interval(value: 0, low: 0, high: 0) }
    let found = (0..<resamples).map { _ in
      ratio(rounds.map { _ in rounds[Int(random.next() % UInt64(rounds.count))] })
    }
    return Interval(value: ratio(rounds), resamples: found)
  }
}

/// Samples of several rounds by their ranks among all: a resample is then counted instead of sorted.
private struct RankedRounds {
  private let sorted: [Double]
  /// Of each round, where its samples stand in `sorted`.
  private let ranks: [[Int32]]

  init(_ rounds: [[Double]]) {
    let all = rounds.enumerated().flatMap { round, samples in samples.map { (value: $0, round: round) } }
      .sorted { $0.value < $1.value }
    sorted = all.map(\.value)
    var ranks = [[Int32]](repeating: [], count: rounds.count)
    for (rank, sample) in all.enumerated() { ranks[sample.round].append(Int32(rank)) }
    self.ranks = ranks
  }

  var isEmpty: Bool { sorted.isEmpty }

  func quantiles(_ shares: [Double]) -> [Double] { shares.map { Quantile.of(sorted, $0) } }

  /// Quantiles of as many samples, drawn with replacement from each of the rounds `chosen`.
  func quantiles(_ shares: [Double], resampledFrom chosen: [Int], _ random: SeededRandom) -> [Double] {
    var counts = [Int32](repeating: 0, count: sorted.count)
    var total = 0
    for round in chosen {
      let own = ranks[round]
      guard !own.isEmpty else { continue }
      total += own.count
      for _ in own.indices { counts[Int(own[Int(random.next() % UInt64(own.count))])] += 1 }
    }
    guard total > 0 else { return shares.map { _ in 0 } }
    return shares.map { share in
      // From the top, where the quantiles that matter are.
      var above = total - Quantile.rank(total, share)
      var index = sorted.count - 1
      while index > 0 {
        above -= Int(counts[index])
        if above < 0 { break }
        index -= 1
      }
      return sorted[index]
    }
  }
}
