import Foundation
import Synchronization

/// A PostgreSQL of this test process: system binaries, a folder under /tmp, a unix socket and nothing else. Started on
/// first use, stopped and removed when the process ends.
final class PrivatePostgres: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let started = Mutex<PrivatePostgres?>(nil)

  static func shared() throws -> PrivatePostgres {
    try started.withLock { started in
      if let started { return started }
      let server = try PrivatePostgres()
      started = server
      atexit { PrivatePostgres.started.withLock { $0 }?.stop() }
      return server
    }
  }

  /// The folder of the socket.
  let folder: String
  private let binaries: String

  private init() throws {
    binaries = ProcessInfo.processInfo.environment["BULKHEAD_PG_BIN"] ?? "/usr/lib/postgresql/15/bin"
    folder = "/tmp/bulkhead-test-\(getpid())-\(UInt32.random(in: 0..<100_000))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if geteuid() == 0 { try run("/bin/chown", ["postgres:", folder], asServer: false) }
    try run("\(binaries)/initdb", ["-D", "\(folder)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
    try run(
      "\(binaries)/pg_ctl",
      [
        "-D", "\(folder)/data", "-l", "\(folder)/log", "-w", "-o",
        "-k \(folder) -c listen_addresses='' -c fsync=off -c max_connections=200", "start",
      ])
  }

  private func stop() {
    try? run("\(binaries)/pg_ctl", ["-D", "\(folder)/data", "-m", "immediate", "-w", "stop"])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The server refuses to run as root; started by root it runs as the system user `postgres`.
  ///
  /// Not Foundation's `Process`: it learns of the end of a tool by a socket that the tool inherits, and so does the
  /// server that `pg_ctl` leaves behind; waiting would last as long as the server.
  private func run(_ tool: String, _ arguments: [String], asServer: Bool = true) throws {
    let drops = asServer && geteuid() == 0
    let words =
      (drops ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", tool] : [tool])
      + arguments
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    for output in [Int32(1), 2] { posix_spawn_file_actions_addopen(&files, output, "/dev/null", O_WRONLY, 0) }
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var child = pid_t()
    var status: Int32 = -1
    guard posix_spawn(&child, words[0], &files, nil, &argv, environ) == 0, waitpid(child, &status, 0) == child,
      status == 0
    else { throw Failure(description: "\(tool) failed; see \(folder)/log") }
  }
}
