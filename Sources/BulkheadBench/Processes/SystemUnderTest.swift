import BulkheadCore
import Foundation

/// A private cluster in a temporary folder with one seeded tenant and the servers to compare, all idle until asked.
final class SystemUnderTest {
  /// Who answers.
  enum Variant: String, CaseIterable {
    case naive
    case bulkhead
    /// Bulkhead with Swift's own thread pool instead of the event loops as its executor.
    case bulkheadDefaultExecutor
  }

  let folder: URL
  let tenant: EntityID
  let token: String
  let database: BenchDatabase
  let postmaster: Int32
  private let bulkhead: String
  private var servers: [Variant: (process: ChildProcess, url: String)] = [:]

  private var data: String { folder.appendingPathComponent("data").path }

  init(bulkhead: String, naivePort: Int) async throws {
    self.bulkhead = bulkhead
    folder = URL(fileURLWithPath: "/tmp/bulkhead-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let data = folder.appendingPathComponent("data")
    let log = folder.appendingPathComponent("bulkhead.log")
    // `up` makes, migrates and seeds; what is measured are separate processes on what it leaves behind.
    let up = try ChildProcess(bulkhead, ["up", "--json", "--port", "0", "--data", data.path], log: log)
    let made = try up.firstJSON()
    up.stop()
    guard let pooled = made["tenants"]?.array?.first(where: { $0["tier"]?.string == "pooled" }),
      let tenant = pooled["id"]?.id, let token = pooled["token"]?.string
    else { throw BenchFailure("`bulkhead up` named no pooled tenant") }
    self.tenant = tenant
    self.token = token
    var servers: [Variant: (process: ChildProcess, url: String)] = [:]
    for (variant, executor) in [(Variant.bulkhead, "loops"), (.bulkheadDefaultExecutor, "default")] {
      let serve = try ChildProcess(
        bulkhead, ["serve", "--json", "--no-access-log", "--port", "0", "--data", data.path],
        environment: ["BULKHEAD_EXECUTOR": executor], log: log)
      servers[variant] = (serve, try serve.firstJSON()["url"]?.string ?? "")
    }
    let place = try Self.postmaster(data)
    postmaster = place.pid
    database = try BenchDatabase(
      socket: place.socket, port: place.port, masterKeyFile: data.appendingPathComponent("master.key").path)
    let naive = try ChildProcess(
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      [
        "naive", "--port", String(naivePort), "--socket", place.socket, "--database-port", String(place.port),
        "--master-key", data.appendingPathComponent("master.key").path, "--tenant", tenant.description,
      ], log: folder.appendingPathComponent("naive.log"))
    servers[.naive] = (naive, "http://127.0.0.1:\(naivePort)")
    self.servers = servers
  }

  func url(of variant: Variant) -> String { servers[variant]?.url ?? "" }
  func processID(of variant: Variant) -> Int32 { servers[variant]?.process.id ?? 0 }

  /// Ends every process and removes every byte.
  func destroy() throws {
    for server in servers.values { server.process.stop() }
    let down = try ChildProcess(
      bulkhead, ["down", "--destroy", "--data", data], log: folder.appendingPathComponent("bulkhead.log"))
    _ = down.outputToEnd()
    try FileManager.default.removeItem(at: folder)
  }

  /// Lines 1, 4 and 5 of `postmaster.pid`: process, port, folder of the socket. The data lies in `data` unless the
  /// server's user cannot get there.
  private static func postmaster(_ data: URL) throws -> (pid: Int32, port: Int, socket: String) {
    let file = data.appendingPathComponent("postgres/postmaster.pid")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 4, let pid = Int32(lines[0]), let port = Int(lines[3]) else {
      throw BenchFailure("\(file.path) is not readable")
    }
    return (pid, port, String(lines[4]))
  }
}
