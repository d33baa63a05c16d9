import ArgumentParser
import BulkheadCore
import BulkheadPostgres
import BulkheadServer
import Foundation
import Logging
import ServiceLifecycle

/// The handlers under one control, as a process of its own.
struct NeighbourServerCommand: AsyncParsableCommand {
  static let name = "neighbour-server"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Serve the flood's handlers.", shouldDisplay: false)

  @Option var control: Control
  @Option(help: "Folder of the private PostgreSQL's unix socket.") var socket: String
  @Option(name: .customLong("database-port")) var databasePort: Int
  @Option(name: .customLong("master-key"), help: "File of the master key.") var masterKey: String
  @Option(name: .customLong("pooler-port"), help: "Where pgbouncer listens.") var poolerPort = 0

  func run() async throws {
    let database = try BenchDatabase(socket: socket, port: databasePort, masterKeyFile: masterKey)
    var logger = Logger(label: "neighbour")
    logger.logLevel = .error
    let doors = try await NeighbourDoors(master: database.master)
    let stack = try await NeighbourStack(control, database, poolerPort: poolerPort, logger: logger)
    var configuration = APIConfiguration(
      version: "1", routes: NeighbourWork.routes(stack.ambient) + [stack.workSwitch],
      authenticator: doors, directory: stack.directory, sessions: stack.sessions)
    configuration.admission = RequestLimits()
    if control != .bulkhead { configuration.walls.remove(.admission) }
    configuration.logger = logger
    configuration.accessLog = nil
    var options = HTTPServerOptions()
    options.port = 0
    let tokens = doors.tokens
    let server = HTTPServer(try API(configuration), options: options, logger: logger) { port in
      let ready: JSON = ["port": .int(port), "tokens": .array(tokens.map { .string($0) })]
      FileHandle.standardOutput.write(Data((ready.text + "\n").utf8))
    }
    try await ServiceGroup(
      services: [stack.upkeep, server], gracefulShutdownSignals: [.sigterm], logger: logger
    ).run()
  }
}
