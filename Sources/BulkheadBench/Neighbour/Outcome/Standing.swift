import BulkheadReport

/// How one control did in one scenario, all rounds together. Latencies are milliseconds.
struct Standing {
  let control: Control
  let quietP50: Double
  let quietP99: Double
  let burstP50: Double
  let burstP99: Double
  /// Burst over quiet.
  let v50: Interval
  let v99: Interval
  /// The second half of the quiet part over the first: what the measurement itself makes of no flood at all.
  let noise99: Interval
  /// The greatest ratio, burst over quiet, that one tenant's 95th percentile had; and the same of quiet over quiet.
  let worst: Double
  let worstNoise: Double
  /// Time for the flood's lines over the time that they take without any control, with the same tenants beside them.
  let work: Interval
  /// Of each quiet tenant's transactions in the burst, the part that was answered in no more than twice the quiet p99.
  let jain: Double
  let minMax: Double
  /// Seconds from the end of the burst, the median of rounds; `nil` when it took longer than was looked at.
  let recovery: Double?
  let floodLinesPerSecond: Double
  let floodRefusals: Int
  let floodFailures: Int
  let customersRefused: Int
  let customersFailed: Int
  let customersBurstSamples: Int
  /// Cores used during bursts.
  let serverCores: Double
  let postgresCores: Double
  let generatorCores: Double
  /// Cores that others on the machine used, over whole rounds.
  let elsewhereCores: Double
  /// How late the generator itself sent, 99th percentile in bursts.
  let lateness99: Double
  /// Quiet tenants' jobs in bursts, from when they were due; what is not done by the end counts up to it.
  let jobs50: Double
  let jobs99: Double

  /// A transaction that takes longer than so many times the quiet p99 does not count as answered in time.
  static let inTime = 2.0

  init(_ control: Control, _ rounds: [BurstRound], uncontrolled: [BurstRound], seed: UInt64) {
    self.control = control
    let quiet = rounds.flatMap(\.quiet)
    let loaded = rounds.flatMap(\.loaded)
    let quietSorted = quiet.milliseconds.sorted()
    let loadedSorted = loaded.milliseconds.sorted()
    quietP50 = Quantile.of(quietSorted, 0.5)
    quietP99 = Quantile.of(quietSorted, 0.99)
    burstP50 = Quantile.of(loadedSorted, 0.5)
    burstP99 = Quantile.of(loadedSorted, 0.99)
    let bootstrap = Bootstrap(seed: seed)
    let ratios = bootstrap.quantileRatios(
      rounds.map { Bootstrap.Round(loaded: $0.loaded.milliseconds, quiet: $0.quiet.milliseconds) }, [0.5, 0.99])
    (v50, v99) = (ratios[0], ratios[1])
    let halves = rounds.map { round in
      let middle = (round.start + round.burst.lowerBound) / 2
      return (first: round.quiet.filter { $0.due < middle }, second: round.quiet.filter { $0.due >= middle })
    }
    noise99 =
      bootstrap.quantileRatios(
        halves.map { Bootstrap.Round(loaded: $0.second.milliseconds, quiet: $0.first.milliseconds) }, [0.99])[0]
    worst = Self.worstRatio(loaded, quiet)
    worstNoise = Self.worstRatio(halves.flatMap(\.second), halves.flatMap(\.first))
    work = bootstrap.sumRatio(
      zip(rounds, uncontrolled).map { (above: $0.secondsPerLine, below: $1.secondsPerLine) })
    let goodput = Self.goodput(loaded, within: Self.inTime * quietP99)
    jain = Evenness.jain(goodput)
    minMax = Evenness.minMax(goodput)
    recovery = Self.recovery(rounds)
    let seconds = rounds.reduce(0) { $0 + $1.flood.seconds }
    floodLinesPerSecond = seconds > 0 ? Double(rounds.reduce(0) { $0 + $1.flood.lines }) / seconds : 0
    floodRefusals = rounds.reduce(0) { $0 + $1.flood.refusals }
    floodFailures = rounds.reduce(0) { $0 + $1.flood.failures }
    customersRefused = rounds.reduce(0) { $0 + $1.refused }
    customersFailed = rounds.reduce(0) { $0 + $1.failed }
    customersBurstSamples = loaded.count
    let cpu = rounds.reduce(CPUShares()) { $0 + $1.cpu }
    serverCores = cpu.cores(\.server, over: seconds)
    postgresCores = cpu.cores(\.postgres, over: seconds)
    generatorCores = cpu.cores(\.generator, over: seconds)
    let all = rounds.reduce(CPUShares()) { $0 + $1.cpuOfAll }
    elsewhereCores = all.cores(\.elsewhere, over: rounds.reduce(0) { $0 + Double($1.end - $1.start) / 1e9 })
    lateness99 = Quantile.of(loaded.map { Double($0.lateness) / 1e6 }.sorted(), 0.99)
    let jobs = rounds.flatMap(\.jobs).sorted()
    jobs50 = Quantile.of(jobs, 0.5)
    jobs99 = Quantile.of(jobs, 0.99)
  }

  private static func byTenant(_ samples: [CustomerSample]) -> [Int: [CustomerSample]] {
    Dictionary(grouping: samples, by: \.tenant)
  }

  private static func worstRatio(_ loaded: [CustomerSample], _ quiet: [CustomerSample]) -> Double {
    let before = byTenant(quiet)
    return byTenant(loaded).compactMap { tenant, samples in
      guard let quiet = before[tenant] else { return nil }
      let below = Quantile.of(quiet.milliseconds.sorted(), 0.95)
      return below > 0 ? Quantile.of(samples.milliseconds.sorted(), 0.95) / below : nil
    }.max() ?? 0
  }

  /// Of each tenant, the part of its transactions that was answered in time.
  private static func goodput(_ loaded: [CustomerSample], within milliseconds: Double) -> [Double] {
    byTenant(loaded).values.map { samples in
      Double(samples.count { $0.status == 200 && Double($0.latency) / 1e6 <= milliseconds }) / Double(samples.count)
    }
  }

  /// A tenth above what windows of the quiet parts reach counts as not yet recovered.
  private static func recovery(_ rounds: [BurstRound]) -> Double? {
    let recovery = Recovery()
    let quietest = rounds.flatMap { round in
      recovery.windows(round.timeline, in: round.seconds(round.start)..<0).map(\.p99)
    }.max()
    let times = rounds.map { round in
      recovery.time(
        round.timeline, in: round.seconds(round.burst.upperBound)..<round.seconds(round.end),
        bound: 1.1 * (quietest ?? 0)) ?? .infinity
    }.sorted()
    let median = Quantile.of(times, 0.5)
    return median.isFinite ? median : nil
  }
}

extension BurstRound {
  var secondsPerLine: Double { flood.lines > 0 ? flood.seconds / Double(flood.lines) : 0 }
}

extension CPUShares {
  static func + (left: CPUShares, right: CPUShares) -> CPUShares {
    CPUShares(
      server: left.server + right.server, postgres: left.postgres + right.postgres,
      generator: left.generator + right.generator, machine: left.machine + right.machine)
  }
}
