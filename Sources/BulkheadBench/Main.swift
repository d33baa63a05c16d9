import ArgumentParser
import Dispatch
import Foundation
import NIOCore
import NIOPosix

/// The only `main`. A server that stands for the product runs its tasks on the event loops, as the product does; that
/// has to be said before anything asynchronous runs.
@main
enum Main {
  static func main() {
    if CommandLine.arguments.dropFirst().first == NeighbourServerCommand.name {
      _ = NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
    }
    signal(SIGPIPE, SIG_IGN)
    Task {
      await BulkheadBench.main()
      exit(EXIT_SUCCESS)
    }
    dispatchMain()
  }
}

struct BulkheadBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bulkhead-bench",
    abstract: "What the walls cost: Bulkhead against the same handlers without them.",
    subcommands: [
      CompareCommand.self, StatementsCommand.self, StockAtCommand.self, RealDataCommand.self, QueueFloodCommand.self,
      NeighbourCommand.self, NaiveCommand.self, NeighbourServerCommand.self,
    ],
    defaultSubcommand: CompareCommand.self)
}

/// Why a benchmark could not be run.
struct BenchFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
