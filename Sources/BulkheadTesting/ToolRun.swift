import BulkheadCore
import Foundation

/// A program run to its end, with what it printed.
///
/// Not Foundation's `Process`: that learns of the end by a pipe and a socket which every program started meanwhile
/// inherits, also a database server that another test starts and leaves running; the wait then lasts as long as that
/// server. Here the output goes to a file, and the end is the kernel's word.
public struct ToolRun: Sendable {
  /// What ended the program: 0 as a shell counts it, or 128 and the signal.
  public let status: Int32
  /// What it wrote to its standard output.
  public let output: String
  /// What it wrote to its standard error.
  public let complaints: String

  /// Runs `words`, the first of which is looked for in `PATH`. Blocks the thread until the program ends.
  public init(_ words: [String]) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("tool-\(UUID().uuidString)").path
    let written = [file + ".out", file + ".err"]
    defer { for name in written { unlink(name) } }
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, name) in zip([1, 2] as [Int32], written) {
      posix_spawn_file_actions_addopen(&files, descriptor, name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var child = pid_t()
    let failure = posix_spawnp(&child, words[0], &files, nil, &argv, environ)
    guard failure == 0 else { throw MockFailure("\(words[0]) does not start: \(String(cString: strerror(failure)))") }
    var ended: Int32 = 0
    while waitpid(child, &ended, 0) == -1, errno == EINTR {}
    let signal = ended & 0x7f
    status = signal == 0 ? (ended >> 8) & 0xff : 128 + signal
    let texts = try written.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
    (output, complaints) = (texts[0], texts[1])
  }
}
