import Foundation

/// A PostgreSQL of this test run's own: a new data folder, trust, one Unix socket, no network. It is stopped and
/// removed when the process ends.
struct PrivatePostgres: Sendable {
  let folder: String

  /// nil with a reason when the machine has no PostgreSQL; the tests that need one then fail, they are not skipped.
  static let shared = Result { try PrivatePostgres() }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private init() throws {
    let binaries = try Self.binaries()
    folder = "\(NSTemporaryDirectory())bulkhead-guard-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // PostgreSQL refuses to run as root.
    if geteuid() == 0 { try Self.run("/bin/chown", ["postgres", folder]) }
    try Self.asServer(
      "\(binaries)/initdb -D \(folder)/data -U postgres --auth=trust -E UTF8 --locale=C --no-sync")
    let options = "-c listen_addresses= -c unix_socket_directories=\(folder) -c fsync=off -c max_connections=40"
    PrivatePostgresCleanup.register("\(binaries)/pg_ctl -D \(folder)/data -m immediate stop; rm -rf \(folder)")
    try Self.asServer("\(binaries)/pg_ctl -D \(folder)/data -w -l \(folder)/log -o '\(options)' start")
  }

  private static func binaries() throws -> String {
    let candidates = ["15", "16", "17", "18"].map { "/usr/lib/postgresql/\($0)/bin" }
    let configured = ProcessInfo.processInfo.environment["BULKHEAD_PG_BIN"].map { [$0] } ?? []
    guard let found = (configured + candidates).first(where: { FileManager.default.fileExists(atPath: "\($0)/initdb") })
    else { throw Failure(description: "no PostgreSQL found; set BULKHEAD_PG_BIN") }
    return found
  }

  static func asServer(_ command: String) throws {
    if geteuid() == 0 {
      try run("/bin/su", ["postgres", "-c", command])
    } else {
      try run("/bin/sh", ["-c", command])
    }
  }

  /// Runs a program to its end. Not by Foundation's `Process`: that waits until a descriptor closes which the server,
  /// left running in the background, inherits.
  private static func run(_ path: String, _ arguments: [String]) throws {
    var process: pid_t = 0
    var copies = ([path] + arguments).map { strdup($0) }
    defer { copies.forEach { free($0) } }
    copies.append(nil)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
    guard posix_spawn(&process, path, &actions, nil, copies, environ) == 0 else {
      throw Failure(description: "\(path) does not start")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    guard status == 0 else { throw Failure(description: "\(path) \(arguments) failed with \(status)") }
  }
}

private enum PrivatePostgresCleanup {
  // Written once, before the handler that reads it is registered.
  nonisolated(unsafe) private static var command = ""

  static func register(_ command: String) {
    self.command = command
    atexit { try? PrivatePostgres.asServer(PrivatePostgresCleanup.command) }
  }
}
