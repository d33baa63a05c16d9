import Foundation

/// Runs PostgreSQL's own tools to their end.
///
/// Not Foundation's `Process`: it learns of a tool's end by a socket that the tool inherits, and so does the server
/// that `pg_ctl` leaves behind; waiting would last as long as the server.
enum ServerTool {
  /// For the server's backends. glibc gives memory back to the kernel whenever 128 KiB lie free at the end of the heap;
  /// a statement that sorts a thousand rows then takes and returns the same pages each time it runs, which made joins
  /// of such a size half as dear again (docs/PERFORMANCE.md). mallopt(3), M_TRIM_THRESHOLD and M_MMAP_THRESHOLD: bytes.
  static let memorySettings = ["MALLOC_TRIM_THRESHOLD_=16777216", "MALLOC_MMAP_THRESHOLD_=16777216"]

  /// Longest end of a failed tool's output that is shown.
  static let outputBytesMax = 2000

  /// Runs `tool` and throws what it printed when it fails. `asServer` gives up root for the system user `postgres`.
  static func run(_ tool: String, _ arguments: [String], asServer: Bool) throws {
    let drops = asServer && geteuid() == 0
    let words =
      (drops ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", tool] : [tool])
      + arguments
    let output = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-tool-\(UUID().uuidString)")
      .path
    defer { unlink(output) }
    let status = try spawn(words, output: output)
    guard status == 0 else {
      let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      throw PrivateCluster.Failure(
        description: "\(URL(fileURLWithPath: tool).lastPathComponent) failed: \(text.suffix(outputBytesMax))")
    }
  }

  private static func spawn(_ words: [String], output: String) throws -> Int32 {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&files, 1, 2)
    // A group of its own: Ctrl-C in the terminal is for us, and we stop the server in order.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var child = pid_t()
    var variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") }
    variables += memorySettings.map { strdup($0) } + [nil]
    defer { for variable in variables { free(variable) } }
    let failure = posix_spawn(&child, words[0], &files, &attributes, &argv, &variables)
    guard failure == 0 else {
      throw PrivateCluster.Failure(
        description: "\(words[0]) could not be started: \(String(cString: strerror(failure)))")
    }
    var status: Int32 = -1
    while waitpid(child, &status, 0) == -1, errno == EINTR {}
    return status
  }
}
