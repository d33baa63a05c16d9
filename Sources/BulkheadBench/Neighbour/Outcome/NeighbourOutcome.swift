import BulkheadCore
import BulkheadReport
import Foundation

/// All that a run of the benchmark found.
struct NeighbourOutcome {
  /// Rounds by scenario and control, in their order.
  private(set) var rounds: [Scenario: [Control: [BurstRound]]] = [:]
  /// The flood with nobody beside it.
  private(set) var alone: [Scenario: [Control: [FloodResult]]] = [:]
  private(set) var scenarios: [Scenario] = []
  /// Of each round, what every contestant got, divided by its weight.
  private var contests: [(contest: Contest, control: Control, rounds: [[Double]])] = []
  let plan: RoundPlan

  init(plan: RoundPlan) { self.plan = plan }

  mutating func add(_ round: BurstRound, _ control: Control, _ scenario: Scenario) {
    if !scenarios.contains(scenario) { scenarios.append(scenario) }
    rounds[scenario, default: [:]][control, default: []].append(round)
  }

  mutating func add(alone flood: FloodResult, _ control: Control, _ scenario: Scenario) {
    alone[scenario, default: [:]][control, default: []].append(flood)
  }

  mutating func add(_ goodput: [Double], _ control: Control, _ contest: Contest) {
    if let index = contests.firstIndex(where: { $0.contest.name == contest.name && $0.control == control }) {
      contests[index].rounds.append(goodput)
    } else {
      contests.append((contest, control, [goodput]))
    }
  }

  func standings(_ scenario: Scenario) -> [Standing] {
    let found = rounds[scenario] ?? [:]
    return Control.allCases.compactMap { control in
      found[control].map { Standing(control, $0, uncontrolled: found[Control.uncontrolled] ?? [], seed: plan.seed) }
    }
  }

  /// Lines a second of the flood alone under Bulkhead over those under `control`.
  func aloneRatio(_ scenario: Scenario, to control: Control) -> Interval? {
    guard let ours = alone[scenario]?[.bulkhead], let theirs = alone[scenario]?[control] else {
      return nil
    }
    return Bootstrap(seed: plan.seed).sumRatio(
      zip(ours, theirs).map { (above: $0.linesPerSecond, below: $1.linesPerSecond) })
  }

  // MARK: For people

  var text: String {
    (scenarios.map { text($0) } + (contests.isEmpty ? [] : [sharing]) + warning).joined(separator: "\n\n\n")
  }

  /// Cores that others may use before the figures are called doubtful.
  private static let elsewhereMax = 0.1

  private var warning: [String] {
    let most = scenarios.flatMap(standings).map(\.elsewhereCores).max() ?? 0
    guard most > Self.elsewhereMax else { return [] }
    return ["Something else ran on this machine (up to \(Self.text(most)) cores): these figures are worth little."]
  }

  private var sharing: String {
    var table = Table(
      ["all want more than there is", "control", "Jain", "min-max", "furthest from its share", "each, of its share"],
      [.left, .left, .right, .right, .right, .left])
    for (contest, control, rounds) in contests {
      let sums = Self.sums(rounds)
      table.add([
        contest.name, control.name, String(format: "%.4f", Evenness.jain(sums)), Self.text(Evenness.minMax(sums)),
        String(format: "%.1f %%", 100 * Self.furthest(sums)),
        Self.overMean(sums).map { Self.text($0) }.joined(separator: " "),
      ])
    }
    return table.text
  }

  private static func sums(_ rounds: [[Double]]) -> [Double] {
    (rounds.first ?? []).indices.map { index in rounds.reduce(0) { $0 + $1[index] } }
  }

  /// The greatest difference between what one has got for its weight and what all have on average.
  private static func furthest(_ sums: [Double]) -> Double {
    overMean(sums).map { abs($0 - 1) }.max() ?? 0
  }

  private static func overMean(_ sums: [Double]) -> [Double] {
    let mean = sums.reduce(0, +) / Double(max(1, sums.count))
    return sums.map { mean > 0 ? $0 / mean : 1 }
  }

  private func text(_ scenario: Scenario) -> String {
    let standings = standings(scenario)
    var parts = [customers(scenario, standings), machine(standings)]
    for control in [Control.arrival, .uncontrolled] {
      guard let ratio = aloneRatio(scenario, to: control) else { continue }
      parts.append("The flood alone, Bulkhead over \(control.name): \(Self.text(ratio))")
    }
    return parts.joined(separator: "\n\n")
  }

  private func customers(_ scenario: Scenario, _ standings: [Standing]) -> String {
    var table = Table(
      [
        scenario.name, "quiet p50", "p99 ms", "burst p50", "p99 ms", "V50 [95 %]", "V99 [95 %]", "quiet/quiet",
        "worst p95", "(quiet)", "W [95 %]", "Jain", "min-max", "recovery s",
      ], [.left] + [Table.Alignment](repeating: .right, count: 13))
    for standing in standings {
      table.add([
        standing.control.name, Self.text(standing.quietP50), Self.text(standing.quietP99), Self.text(standing.burstP50),
        Self.text(standing.burstP99), Self.text(standing.v50), Self.text(standing.v99), Self.text(standing.noise99),
        Self.text(standing.worst), Self.text(standing.worstNoise), Self.text(standing.work),
        String(format: "%.4f", standing.jain), Self.text(standing.minMax),
        standing.recovery.map { Self.text($0) } ?? "> \(Int(plan.afterSeconds))",
      ])
    }
    return table.text
  }

  private func machine(_ standings: [Standing]) -> String {
    let hasJobs = standings.contains { $0.jobs99 > 0 }
    var table = Table(
      [
        "", "flood lines/s", "flood refused", "failed", "others refused", "failed", "samples", "cores: server",
        "PostgreSQL", "generator", "elsewhere", "sent late p99 ms",
      ] + (hasJobs ? ["others' jobs p50 ms", "p99 ms"] : []),
      [.left] + [Table.Alignment](repeating: .right, count: 13))
    for standing in standings {
      table.add(
        [
          standing.control.name, String(format: "%.0f", standing.floodLinesPerSecond), String(standing.floodRefusals),
          String(standing.floodFailures), String(standing.customersRefused), String(standing.customersFailed),
          String(standing.customersBurstSamples), Self.text(standing.serverCores), Self.text(standing.postgresCores),
          Self.text(standing.generatorCores), Self.text(standing.elsewhereCores), Self.text(standing.lateness99),
        ] + (hasJobs ? [Self.text(standing.jobs50), Self.text(standing.jobs99)] : []))
    }
    return table.text
  }

  private static func text(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
  }

  private static func text(_ interval: Interval) -> String {
    "\(text(interval.value)) [\(text(interval.low))..\(text(interval.high))]"
  }

  // MARK: For machines

  var json: JSON {
    [
      "seed": .int(plan.seed), "rate": .number(Report.text(plan.rate)), "lines": .int(plan.lines),
      "scenarios": .array(
        scenarios.map { scenario in
          [
            "entry": .string(scenario.entry.rawValue), "linesPerDocument": .int(scenario.shape),
            "aloneOverFairnessOff": aloneRatio(scenario, to: .arrival).map(Self.json) ?? .null,
            "aloneOverNoControl": aloneRatio(scenario, to: .uncontrolled).map(Self.json) ?? .null,
            "controls": .array(
              standings(scenario).map { standing in
                Self.json(standing, rounds[scenario]?[standing.control] ?? [])
              }),
          ]
        }),
      "sharing": .array(
        contests.map { contest, control, rounds in
          let sums = Self.sums(rounds)
          return [
            "contest": .string(contest.name), "control": .string(control.rawValue),
            "jain": .number(String(format: "%.6f", Evenness.jain(sums))),
            "minMax": .number(Report.text(Evenness.minMax(sums))),
            "furthest": .number(Report.text(Self.furthest(sums))),
            "ofItsShare": .array(Self.overMean(sums).map { .number(Report.text($0)) }),
          ]
        }),
    ]
  }

  private static func json(_ interval: Interval) -> JSON {
    .array([interval.value, interval.low, interval.high].map { .number(Report.text($0)) })
  }

  private static func json(_ standing: Standing, _ rounds: [BurstRound]) -> JSON {
    let figures: [(String, Double)] = [
      ("quietP50Ms", standing.quietP50), ("quietP99Ms", standing.quietP99), ("burstP50Ms", standing.burstP50),
      ("burstP99Ms", standing.burstP99), ("worstP95Ratio", standing.worst), ("worstP95Noise", standing.worstNoise),
      ("minMax", standing.minMax), ("floodLinesPerSecond", standing.floodLinesPerSecond),
      ("serverCores", standing.serverCores), ("postgresCores", standing.postgresCores),
      ("generatorCores", standing.generatorCores), ("elsewhereCores", standing.elsewhereCores),
      ("latenessP99Ms", standing.lateness99),
      ("jobsP50Ms", standing.jobs50), ("jobsP99Ms", standing.jobs99),
    ]
    let counts: [(String, Int)] = [
      ("floodRefusals", standing.floodRefusals), ("floodFailures", standing.floodFailures),
      ("othersRefused", standing.customersRefused), ("othersFailed", standing.customersFailed),
      ("burstSamples", standing.customersBurstSamples),
    ]
    return .object(
      [
        JSON.Member("control", .string(standing.control.rawValue)), JSON.Member("v50", json(standing.v50)),
        JSON.Member("v99", json(standing.v99)), JSON.Member("quietOverQuiet99", json(standing.noise99)),
        JSON.Member("w", json(standing.work)), JSON.Member("jain", .number(String(format: "%.6f", standing.jain))),
        JSON.Member("recoverySeconds", standing.recovery.map { .number(Report.text($0)) } ?? .null),
      ] + figures.map { JSON.Member($0.0, .number(Report.text($0.1))) }
        + counts.map { JSON.Member($0.0, .int($0.1)) }
        + [JSON.Member("rounds", .array(rounds.map(json)))])
  }

  private static func json(_ round: BurstRound) -> JSON {
    let (quiet, loaded) = (round.quiet.milliseconds.sorted(), round.loaded.milliseconds.sorted())
    func figure(_ sorted: [Double], _ share: Double) -> JSON { .number(Report.text(Quantile.of(sorted, share))) }
    return [
      "quietP50Ms": figure(quiet, 0.5), "quietP99Ms": figure(quiet, 0.99), "burstP50Ms": figure(loaded, 0.5),
      "burstP99Ms": figure(loaded, 0.99), "burstSeconds": .number(Report.text(round.flood.seconds)),
      "floodLines": .int(round.flood.lines), "quietSamples": .int(quiet.count), "burstSamples": .int(loaded.count),
    ]
  }

  /// Writes the JSON and the plot to `bench-results/`, named by the second, and returns their paths.
  func save() throws -> [String] {
    let folder = URL(fileURLWithPath: "bench-results")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let name = "neighbour-" + SystemClock().now().description.prefix(19).filter { $0.isNumber || $0 == "T" }
    let files = [
      (folder.appendingPathComponent(name + ".json"), json.text + "\n"),
      (folder.appendingPathComponent(name + ".svg"), NeighbourPlot(self).svg),
    ]
    for (file, text) in files { try Data(text.utf8).write(to: file) }
    return files.map(\.0.path)
  }
}
