import ArgumentParser
import Foundation

/// Stock at a date over many moves.
struct StockAtCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stock-at", abstract: "How long reading stock at a date takes over a million moves.",
    discussion: """
      Starts a private system, writes two years of moves into the seeded tenant, reads pages of GET /v1/stock/at one
      after the other, closes all months but this one, and reads again. Prints the time of a page and the kinds of
      nodes in its plan. Exit status 2 when more than 5 of 100 pages took too long.
      """)

  @Option(help: "How many moves.") var moves = 1_000_000
  @Option(help: "The program bulkhead; the one beside this program by default.") var bulkhead: String?
  @Option(name: .customLong("naive-port"), help: "Where the naive server listens.") var naivePort = 18_972

  func validate() throws {
    guard moves >= StockMoves.products * StockMoves.binsEach * 3 else {
      throw ValidationError("At least \(StockMoves.products * StockMoves.binsEach * 3) moves.")
    }
  }

  func run() async throws {
    let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let program = bulkhead ?? own.deletingLastPathComponent().appendingPathComponent("bulkhead").path
    let system = try await SystemUnderTest(bulkhead: program, naivePort: naivePort)
    let figures: StockAtFigures
    do {
      figures = try await StockAtFigures.measure(system, moves: moves)
    } catch {
      try system.destroy()
      throw error
    }
    try system.destroy()
    print(figures.table)
    if !figures.meetsAim { throw ExitCode(2) }
  }
}
