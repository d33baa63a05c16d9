import ArgumentParser
import BulkheadCore
import BulkheadServer
import Logging
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the API.",
    discussion: """
      Stops on SIGTERM or Ctrl-C: takes no new requests, finishes those under way, then exits. Run `bulkhead migrate`
      before the first start and after each upgrade. Logs are JSON lines on standard error (BULKHEAD_LOG_LEVEL).

        bulkhead serve --database-url postgres://admin@db.internal/postgres --host 0.0.0.0 --port 8080
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var listen: ListenOptions
  @Option(
    name: .customLong("host-suffix"),
    help: "Domain whose subdomains name tenants: `acme.api.example.com` for the suffix api.example.com.")
  var hostSuffix: String?
  @Flag(name: .customLong("no-access-log"), help: "Write no line per request.") var noAccessLog = false
  @Flag(help: "Print a JSON object with the base URL when ready.") var json = false

  func run() async throws {
    try await explained {
      let host = listen.resolvedHost
      try await Running.run(
        Cluster.open(database, creates: false), database, api: listen, worker: false, hostSuffix: hostSuffix,
        accessLog: !noAccessLog
      ) { _, port in
        let url = "http://\(host):\(port)"
        Console.result(json ? JSON.object([JSON.Member("url", .string(url))]).text : "serving \(url)")
      }
    }
  }
}

struct WorkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Carry outbox events to the queue and run jobs.",
    discussion: """
      Any number of workers may run. A job that a killed worker left behind is taken over when its lease has run out.
      Stops on SIGTERM or Ctrl-C after the jobs under way.
      """)

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object when ready.") var json = false

  func run() async throws {
    try await explained {
      try await Running.run(
        Cluster.open(database, creates: false), database, api: nil, worker: true, hostSuffix: nil, accessLog: false
      ) { _, _ in
        Console.result(json ? JSON.object([JSON.Member("working", .bool(true))]).text : "working")
      }
    }
  }
}
