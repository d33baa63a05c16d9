import BulkheadCore
import BulkheadReport
import Testing

@Suite("Figures of measurements")
struct StatisticsTests {
  @Test("a quantile is the least value that so many do not exceed")
  func quantiles() {
    let values = (1...100).map(Double.init)
    #expect(Quantile.of(values, 0.5) == 50)
    #expect(Quantile.of(values, 0.99) == 99)
    #expect(Quantile.of(values, 1) == 100)
    #expect(Quantile.of([7], 0.01) == 7)
    #expect(Quantile.of([], 0.5) == 0)
  }

  @Test("Jain's index is 1 among equals and 1/n when one has all, and the min-max ratio says who has least")
  func evenness() {
    #expect(Evenness.jain([3, 3, 3, 3]) == 1)
    #expect(Evenness.jain([8, 0, 0, 0]) == 0.25)
    #expect(Evenness.minMax([2, 4]) == 0.5)
    #expect(Evenness.minMax([0, 0]) == 1)
  }

  @Test("a ratio of quantiles is found again, with an interval around it, and the same one from the same seed")
  func ratios() {
    let random = SeededRandom(seed: 5)
    func samples(_ factor: Double) -> [Double] {
      (0..<2_000).map { _ in factor * (1 + Double(random.next() % 10_000) / 10_000) }
    }
    let rounds = (0..<5).map { _ in Bootstrap.Round(loaded: samples(2), quiet: samples(1)) }
    let found = Bootstrap(seed: 1, resamples: 200).quantileRatios(rounds, [0.5, 0.99])
    for interval in found {
      #expect(interval.low <= interval.value && interval.value <= interval.high)
      #expect(abs(interval.value - 2) < 0.1 && interval.high - interval.low < 0.2)
    }
    #expect(found == Bootstrap(seed: 1, resamples: 200).quantileRatios(rounds, [0.5, 0.99]))
  }

  @Test("rounds that differ make the interval wide")
  func roundsDiffer() {
    let quiet = (0..<500).map { 1 + Double($0 % 10) / 100 }
    let rounds = (1...5).map { round in
      Bootstrap.Round(loaded: quiet.map { $0 * Double(round) }, quiet: quiet)
    }
    let found = Bootstrap(seed: 2, resamples: 500).quantileRatios(rounds, [0.5])[0]
    #expect(abs(found.value - 3) < 0.2 && found.low < 2.2 && found.high > 3.8)
  }

  @Test("sums are divided, not ratios averaged")
  func sums() {
    let found = Bootstrap(seed: 3, resamples: 100).sumRatio([(above: 30, below: 10), (above: 10, below: 10)])
    #expect(found.value == 2 && found.low == 1 && found.high == 3)
  }

  @Test("recovery ends with the last window that is too slow; one that never ends is not called recovered")
  func recovery() {
    let recovery = Recovery()
    // One sample each 10 ms; slow for the first two seconds.
    let samples = (0..<1_000).map { Recovery.Sample(at: Double($0) / 100, latency: $0 < 200 ? 50 : 1) }
    let time = recovery.time(samples, in: 0..<10, bound: 2)
    #expect(time.map { $0 >= 2 && $0 <= 3 } == true)
    #expect(recovery.time(samples, in: 3..<10, bound: 2) == 0)
    let slow = samples.map { Recovery.Sample(at: $0.at, latency: 50) }
    #expect(recovery.time(slow, in: 0..<10, bound: 2) == nil)
  }
}
