import ArgumentParser

@main
struct BulkheadBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "bulkhead-bench", abstract: "What the walls cost.")
}
