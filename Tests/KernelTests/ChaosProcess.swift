import BulkheadCore
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct ChaosFailure: Error, CustomStringConvertible {
  let description: String
}

/// One process of the built command, started and killed like an operator would.
///
/// Not Foundation's `Process`: the PostgreSQL that `up` leaves behind inherits what that waits for.
final class ChaosProcess: Sendable {
  /// How often a condition is looked at, and the pause between two looks: three minutes together.
  static let looksMax = 7200
  static let pause = Duration.milliseconds(25)

  let pid: pid_t
  private let output: URL
  private let ended = Mutex<Int32?>(nil)

  /// The command lies beside the test bundle.
  static var program: String {
    let folder =
      Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }.map { $0.bundleURL.deletingLastPathComponent() }
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder.appendingPathComponent("bulkhead").path
  }

  init(_ arguments: [String]) throws {
    output = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-chaos-\(UUID().uuidString)")
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&files, 2, output.path + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([Self.program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, Self.program, &files, nil, &words, environ)
    guard status == 0 else {
      throw ChaosFailure(description: "\(Self.program) did not start: \(String(cString: strerror(status)))")
    }
    pid = child
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: output)
    try? FileManager.default.removeItem(atPath: output.path + ".err")
  }

  /// `kill -9`, and buried.
  func kill() {
    ended.withLock { ended in
      guard ended == nil else { return }
      var status: Int32 = 0
      #if canImport(Glibc)
        _ = Glibc.kill(pid, SIGKILL)
      #else
        _ = Darwin.kill(pid, SIGKILL)
      #endif
      waitpid(pid, &status, 0)
      ended = status
    }
  }

  private var waitStatus: Int32? {
    ended.withLock { ended in
      if let ended { return ended }
      var status: Int32 = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
      ended = status
      return status
    }
  }

  /// The exit status of a process that ends by itself.
  func exitStatus() async throws -> Int32 {
    let status = try await Self.poll("the end of the process") { self.waitStatus }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }

  /// What it printed.
  var text: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOfFile: output.path + ".err", encoding: .utf8)) ?? "" }

  /// The first line that it prints as JSON, which it does when it is ready.
  func ready() async throws -> JSON {
    try await Self.poll("readiness; \(errors.suffix(500))") {
      if self.waitStatus != nil { throw ChaosFailure(description: "the process ended: \(self.errors.suffix(1000))") }
      guard self.text.hasSuffix("\n") else { return nil }
      return try? JSONParser.parse(Array(self.text.utf8))
    }
  }

  /// Waits for a condition, but not for ever.
  static func poll<Found>(_ what: String, _ look: () async throws -> Found?) async throws -> Found {
    for _ in 0..<looksMax {
      if let found = try await look() { return found }
      try await Task.sleep(for: pause)
    }
    throw ChaosFailure(description: "waited in vain for \(what)")
  }
}
