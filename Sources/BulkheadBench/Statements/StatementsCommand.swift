import ArgumentParser
import Foundation

/// The section about single statements alone.
struct StatementsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statements", abstract: "What single statements cost: bound and guarded against written by hand.",
    discussion: """
      Starts a private system, fills two tables of 200 tenants, and runs each statement in turns by hand (as an
      administrator, whom no row security binds) and as the product sends it (bind and guarded statement in one round
      trip). What is counted is the CPU time of the one backend. Exit status 2 when a plan falls from an index to a
      sequential scan.
      """)

  @Option(help: "The program bulkhead; the one beside this program by default.") var bulkhead: String?
  @Option(name: .customLong("naive-port"), help: "Where the naive server listens.") var naivePort = 18_971
  @Flag(help: "Print a JSON object instead of the table.") var json = false

  func run() async throws {
    let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let program = bulkhead ?? own.deletingLastPathComponent().appendingPathComponent("bulkhead").path
    let system = try await SystemUnderTest(bulkhead: program, naivePort: naivePort)
    let figures: StatementFigures
    do {
      figures = try await StatementFigures.measure(system)
    } catch {
      try system.destroy()
      throw error
    }
    try system.destroy()
    print(json ? figures.json.text : figures.table)
    if figures.lines.contains(where: \.fallsToSequentialScan) { throw ExitCode(2) }
  }
}
