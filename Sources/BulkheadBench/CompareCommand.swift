import ArgumentParser
import Foundation

/// Runs everything and prints the ratios.
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare Bulkhead with the same handlers written naively.",
    discussion: """
      Starts a private PostgreSQL in a temporary folder with one seeded tenant, Bulkhead's server, and the same order
      handlers without its walls, loads them in turns with wrk, and removes everything again. Rounds go forward and
      back (a b, b a, a b, ...): absolute rates move with the machine, ratios from one run do not.
      """)

  @Option(help: "Seconds of one run.") var seconds = 10
  @Option(help: "Rounds; at least 3.") var rounds = 4
  @Option(help: "The program bulkhead; the one beside this program by default.") var bulkhead: String?
  @Option(name: .customLong("naive-port"), help: "Where the naive server listens.") var naivePort = 18_970
  @Flag(help: "Print a JSON object instead of the tables.") var json = false

  func validate() throws {
    guard rounds >= 3, seconds >= 1 else { throw ValidationError("At least 3 rounds of at least 1 second.") }
  }

  func run() async throws {
    let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let program = bulkhead ?? own.deletingLastPathComponent().appendingPathComponent("bulkhead").path
    step("starting a system and seeding it")
    let system = try await SystemUnderTest(bulkhead: program, naivePort: naivePort)
    let report: Report
    do {
      report = try await measure(system)
    } catch {
      for file in ["bulkhead.log", "naive.log"] {
        let log = (try? String(contentsOf: system.folder.appendingPathComponent(file), encoding: .utf8)) ?? ""
        step("\(file):\n\(log.suffix(2000))")
      }
      try system.destroy()
      throw error
    }
    try system.destroy()
    let file = try report.save()
    print(json ? report.json.text : report.table)
    step("figures of every round: \(file)")
  }

  private func measure(_ system: SystemUnderTest) async throws -> Report {
    let orders = try await Stage.prepare(system)
    var comparisons: [Comparison] = []
    for workload in Workload.allCases {
      var comparison = Comparison(workload)
      // Round 0 warms connections, prepared statements and caches; it is not counted.
      for round in 0...rounds {
        step("\(workload.rawValue), \(round == 0 ? "warming up" : "round \(round) of \(rounds)")")
        var results: [SystemUnderTest.Variant: LoadRun] = [:]
        let order = SystemUnderTest.Variant.allCases
        for variant in round.isMultiple(of: 2) ? order.reversed() : order {
          results[variant] = try LoadRun.measure(
            workload, variant, system, orders: orders, run: "\(workload.rawValue)-\(variant.rawValue)-\(round)",
            seconds: round == 0 ? min(2, seconds) : seconds)
        }
        if round > 0 { comparison.add(results) }
      }
      comparisons.append(comparison)
    }
    step("single walls")
    let micro = try await MicroFigures.measure(system)
    step("single statements")
    return Report(comparisons: comparisons, micro: micro, statements: try await StatementFigures.measure(system))
  }

  private func step(_ text: String) { FileHandle.standardError.write(Data("> \(text)\n".utf8)) }
}
