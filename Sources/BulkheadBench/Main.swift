import ArgumentParser

@main
struct BulkheadBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bulkhead-bench",
    abstract: "What the walls cost: Bulkhead against the same handlers without them.",
    subcommands: [
      CompareCommand.self, StatementsCommand.self, StockAtCommand.self, RealDataCommand.self, QueueFloodCommand.self,
      NaiveCommand.self,
    ],
    defaultSubcommand: CompareCommand.self)
}

/// Why a benchmark could not be run.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
