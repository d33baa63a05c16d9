import ArgumentParser
import BulkheadCore
import BulkheadServer
import Foundation
import Logging

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Start a whole system: database, API, worker and demonstration tenants.",
    discussion: """
      With no database configured, a private PostgreSQL is made in the data folder. The demonstration tree has one
      tenant in each tier, all with the same product, customer and lot numbers. Ctrl-C stops everything; the next
      start finds the same data; `bulkhead down --destroy` removes it.
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var listen: ListenOptions
  @Flag(name: .customLong("no-demo"), help: "Make no demonstration tenants.") var noDemo = false
  @Flag(help: "Print a JSON object instead of the table.") var json = false

  func run() async throws {
    try await explained {
      let lock = try FolderLock(database.folder)
      defer { lock.release() }
      let cluster = try Self.start(database)
      defer { try? cluster.privateCluster?.stop() }
      try await cluster.install(database) { Console.step("migrating: \($0)") }
      let host = listen.resolvedHost
      let tenants = Demo.Shelf()
      try await Running.run(
        cluster, database, api: listen, worker: true, hostSuffix: nil, accessLog: false,
        prepare: { application in
          if !noDemo { tenants.set(try await Demo.prepare(application, options: database)) }
        },
        ready: { _, port in
          let url = "http://\(host):\(port)"
          Console.result(json ? Demo.json(url, tenants.all).text : Demo.welcome(url, tenants.all))
        })
      Console.step("stopped")
    }
  }

  private static func start(_ database: DatabaseOptions) throws -> Cluster {
    if database.conninfo == nil { Console.step("starting a private PostgreSQL in \(database.folder.path)") }
    return try Cluster.open(database, creates: true)
  }
}

struct DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Stop the private PostgreSQL; with --destroy, remove it and all its data.")

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Remove the data folder with every tenant's data and the master key. Cannot be undone.")
  var destroy = false

  func run() async throws {
    try await explained {
      let cluster = try PrivateClusterAccess.existing(database)
      if destroy {
        try cluster.destroy()
        Console.result("removed \(database.folder.path)")
      } else {
        try cluster.stop()
        Console.result("stopped")
      }
    }
  }
}
