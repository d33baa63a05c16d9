import BulkheadCore

/// The runs of one workload: one of every variant in each round.
struct Comparison {
  typealias Variant = SystemUnderTest.Variant

  let workload: Workload
  private(set) var rounds: [[Variant: LoadRun]] = []

  init(_ workload: Workload) { self.workload = workload }

  mutating func add(_ round: [Variant: LoadRun]) { rounds.append(round) }

  func series(_ variant: Variant, _ figure: (LoadRun) -> Double) -> Series {
    Series(rounds.compactMap { $0[variant].map(figure) })
  }

  /// `variant` over the naive handlers, each pair from the same round.
  func ratio(_ variant: Variant, _ figure: (LoadRun) -> Double) -> Series {
    Series(
      rounds.compactMap { round in
        guard let ours = round[variant], let naive = round[.naive], figure(naive) > 0 else { return nil }
        return figure(ours) / figure(naive)
      })
  }

  static let figures: [(name: String, figure: @Sendable (LoadRun) -> Double)] = [
    ("requests/s", { $0.requestsPerSecond }), ("p50 ms", { $0.p50 }), ("p99 ms", { $0.p99 }),
    ("CPU us/request", { $0.cpu }), ("  of the server", { $0.serverCPU }), ("  of PostgreSQL", { $0.postgresCPU }),
  ]

  var json: JSON {
    .object(
      [JSON.Member("workload", .string(workload.rawValue))]
        + Variant.allCases.map { variant in
          JSON.Member(
            variant.rawValue,
            .array(
              rounds.compactMap { round in
                round[variant].map { run in
                  .object(Self.figures.map { JSON.Member($0.name.trimmed, .number(Report.text($0.figure(run)))) })
                }
              }))
        })
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
