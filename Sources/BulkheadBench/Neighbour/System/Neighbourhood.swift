import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Foundation

/// A private PostgreSQL with 180 tenants and one server for each control, all idle until asked.
final class Neighbourhood {
  struct Server {
    let control: Control
    let process: ChildProcess
    let port: Int
    /// Of the tenants in their order.
    let tokens: [String]
  }

  let folder: URL
  let database: BenchDatabase
  let administrator: PostgresConnection
  /// Of the control database, as its administrator.
  let records: PostgresConnection
  let clock: CPUClock
  private let cluster: PrivateCluster
  private var servers: [Control: Server] = [:]
  private var pooler: Pooler?

  private static let poolerPort = 16_432
  private static let logs = ["servers.log", "pgbouncer.log"]

  init(_ controls: [Control]) async throws {
    folder = URL(fileURLWithPath: "/tmp/bulkhead-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let master = MasterKey.generate()
    let keyFile = folder.appendingPathComponent("bench.key")
    try Data((master.text.withValue { $0 } + "\n").utf8).write(to: keyFile)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile.path)
    cluster = try PrivateCluster(folder: folder.appendingPathComponent("data"))
    do {
      let admin = try await Self.install(cluster, master)
      database = try BenchDatabase(
        socket: admin.address.host, port: admin.address.port, masterKeyFile: keyFile.path)
      administrator = try await database.connect(as: BenchDatabase.administrator)
      records = try await database.connect(as: BenchDatabase.administrator, to: ControlDatabase.databaseName)
      guard let postmaster = cluster.processID else { throw BenchFailure("PostgreSQL has no process") }
      clock = CPUClock(postmaster: postmaster)
    } catch {
      try? cluster.destroy()
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
    do {
      if controls.contains(.pgbouncer) {
        pooler = try Pooler(database, folder: folder, port: Self.poolerPort)
        // It says nothing on standard output when it is ready.
        try await Task.sleep(for: .seconds(1))
      }
      for control in controls { servers[control] = try start(control, keyFile) }
    } catch {
      try? destroy()
      throw error
    }
  }

  private static func install(_ cluster: PrivateCluster, _ master: MasterKey) async throws -> AdminAccess {
    let password = master.rolePassword(role: PrivateCluster.administrator).withValue { $0 }
    let reactor = try PostgresReactor()
    let first = try AdminAccess(cell: BenchDatabase.cell, conninfo: cluster.start(password: password), reactor: reactor)
    // Room for the connections of all servers. A checkpoint would fall into some rounds and not into others: each round
    // begins with one instead. Memory as a `bulkhead up` gives it.
    for setting in ["max_connections = 400", "max_wal_size = '8GB'", "checkpoint_timeout = '1h'"] {
      try await first.connected { _ = try await $0.simple("ALTER SYSTEM SET \(setting)", deadline: nil) }
    }
    try cluster.stop()
    let admin = try AdminAccess(cell: BenchDatabase.cell, conninfo: cluster.start(password: password), reactor: reactor)
    let installation = Installation(
      migrator: Migrator(catalog: MigrationCatalog(folders: [MigrationCatalog.platformFolder])),
      credentials: PlatformCredentials(master: master), marks: CanaryMarks(master: master), allowsUnpatched: false)
    try await installation.installControl(admin) { _ in }
    try await installation.installCell(admin) { _ in }
    try await NeighbourTables.make(admin, installation)
    return admin
  }

  private func start(_ control: Control, _ keyFile: URL) throws -> Server {
    let process = try ChildProcess(
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      [
        NeighbourServerCommand.name, "--control", control.rawValue, "--socket", database.socket, "--database-port",
        String(database.port), "--master-key", keyFile.path, "--pooler-port", String(Self.poolerPort),
      ], log: folder.appendingPathComponent(Self.logs[0]))
    let ready = try process.firstJSON()
    guard let port = ready["port"]?.int, let tokens = ready["tokens"]?.array?.compactMap(\.string) else {
      throw BenchFailure("the server for \(control.rawValue) did not start")
    }
    return Server(control: control, process: process, port: port, tokens: tokens)
  }

  func server(_ control: Control) throws -> Server {
    guard let server = servers[control] else { throw BenchFailure("no server for \(control.rawValue)") }
    return server
  }

  /// CPU time since boot of those who take part, in microseconds.
  func cpu(_ control: Control) throws -> CPUShares {
    let reading = clock.read(server: try server(control).process.id)
    let own = clock.read(server: getpid()).server
    let between = control == .pgbouncer ? pooler.map { clock.read(server: $0.id).server } ?? 0 : 0
    return CPUShares(
      server: reading.server + between, postgres: reading.postgres, generator: own, machine: CPUClock.machine)
  }

  /// The last lines of the servers' logs.
  var logs: String {
    Self.logs.compactMap { name in
      let text = (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
      return text.isEmpty ? nil : "\(name):\n\(text.suffix(2000))"
    }.joined(separator: "\n")
  }

  /// Ends every process and removes every byte.
  func destroy() throws {
    for server in servers.values { server.process.stop() }
    pooler?.stop()
    administrator.close()
    records.close()
    try cluster.destroy()
    try FileManager.default.removeItem(at: folder)
  }
}

/// Microseconds of the processor.
struct CPUShares {
  var server = 0
  var postgres = 0
  var generator = 0
  /// All of the machine's processors, what the host took away included.
  var machine = 0

  /// What nobody who takes part has used: it should be next to nothing, or the figures are not worth much.
  var elsewhere: Int { machine - server - postgres - generator }

  static func - (left: CPUShares, right: CPUShares) -> CPUShares {
    CPUShares(
      server: left.server - right.server, postgres: left.postgres - right.postgres,
      generator: left.generator - right.generator, machine: left.machine - right.machine)
  }

  /// Cores, over so many seconds.
  func cores(_ part: KeyPath<CPUShares, Int>, over seconds: Double) -> Double {
    seconds > 0 ? Double(self[keyPath: part]) / 1e6 / seconds : 0
  }
}
