import ArgumentParser
import Dispatch
import Foundation
import NIOCore
import NIOPosix

/// The only `main`. The event loops become the concurrency executor before anything asynchronous runs: a request then
/// stays on its loop instead of hopping between thread pools. BULKHEAD_EXECUTOR=default leaves Swift's own pool in
/// place.
@main
enum Main {
  static func main() {
    if ProcessInfo.processInfo.environment["BULKHEAD_EXECUTOR"] != "default" {
      _ = NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
    }
    signal(SIGPIPE, SIG_IGN)
    Task {
      await Bulkhead.main()
      exit(EXIT_SUCCESS)
    }
    dispatchMain()
  }
}

struct Bulkhead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bulkhead",
    abstract: "A multi-tenant back end for distribution in which every tenant runs as if it were alone.",
    discussion: """
      Start with `bulkhead up`: it needs nothing but PostgreSQL's binaries and prints what to try.

      Without a database named by --database-url, BULKHEAD_DATABASE_URL or the PG* variables, every command uses the
      private PostgreSQL in the data folder (.bulkhead, or BULKHEAD_DATA).

      Tasks run on the event loops; BULKHEAD_EXECUTOR=default gives them Swift's own thread pool instead.

      Exit status: 0 done, 1 refused or failed, 2 a check found something, 64 wrong usage.
      """,
    version: "0.1.0",
    subcommands: [
      UpCommand.self, DownCommand.self, ServeCommand.self, WorkCommand.self, MigrateCommand.self, TenantCommand.self,
      UserCommand.self, TokenCommand.self, KeyCommand.self, AddressCommand.self, PolicyCommand.self, CheckCommand.self,
      AuditCommand.self, AssessCommand.self, AttackCommand.self, DemoCommand.self,
    ])
}
