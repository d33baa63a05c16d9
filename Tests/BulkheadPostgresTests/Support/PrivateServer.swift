import BulkheadCore
import BulkheadPostgres
import Foundation
import Synchronization
import Testing

/// A PostgreSQL of the tests' own, in a temporary folder: trusted on its unix socket, SCRAM and TLS on loopback.
/// It ends with the test process.
final class PrivateServer: Sendable {
  /// The one that tests share. They must not harm it; who needs to starts another.
  static let shared = Result { try PrivateServer() }

  let folder: String
  let port: Int
  let hasTLS: Bool
  private let postmaster: Int32

  /// - Parameters:
  ///   - settings: more of them, `name=value`; the last of a name counts.
  ///   - hostRules: lines for `pg_hba.conf`.
  init(settings: [String] = [], hostRules: [String] = []) throws {
    folder = "/tmp/bulkhead-pgtest-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    port = try freePort()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if getuid() == 0 { try run(["chown", "postgres", folder]) }
    let binaries = try Self.binaries()
    try run(
      Self.asPostgres([
        "\(binaries)/initdb", "-D", "\(folder)/data", "-U", "postgres", "--auth-local=trust",
        "--auth-host=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync",
      ]))
    hasTLS = Self.makeCertificate(in: folder)
    if !hostRules.isEmpty {
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/data/pg_hba.conf"))
      try file.seekToEnd()
      try file.write(contentsOf: Data((hostRules.joined(separator: "\n") + "\n").utf8))
      try file.close()
    }
    let settings =
      [
        "fsync=off", "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folder)",
        "max_connections=200", "log_destination=stderr", "ssl=\(hasTLS ? "on" : "off")",
      ] + settings
    let log = "\(folder)/log"
    let process = try start(
      Self.asPostgres(["\(binaries)/postgres", "-D", "\(folder)/data"] + settings.flatMap { ["-c", $0] }), output: log)
    postmaster = process.processIdentifier
    Self.endings.withLock { $0.append((process.processIdentifier, folder)) }
    try waitUntilReady(binaries, log: log)
  }

  /// libpq keywords for a connection over the unix socket.
  var parameters: [(String, String)] {
    [("host", folder), ("port", String(port)), ("user", "postgres"), ("dbname", "postgres")]
  }

  /// The same over loopback, where a password is asked for.
  func parameters(user: String, password: String, tls: Bool = false) -> [(String, String)] {
    [
      ("host", "127.0.0.1"), ("port", String(port)), ("user", user), ("dbname", "postgres"), ("password", password),
      ("sslmode", tls ? "require" : "disable"),
    ]
  }

  // MARK: Starting and ending

  private func waitUntilReady(_ binaries: String, log: String) throws {
    for _ in 0..<200 {
      if (try? run(["\(binaries)/pg_isready", "-q", "-h", folder, "-p", String(port), "-t", "3"])) != nil { return }
      usleep(20_000)
    }
    throw Failure("PostgreSQL did not start: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
  }

  private static func binaries() throws -> String {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let folders = versions.sorted().reversed().map { "/usr/lib/postgresql/\($0)/bin" }
    let configured = (try? run(["pg_config", "--bindir"]))?.trimmingCharacters(in: .whitespacesAndNewlines)
    for folder in folders + [configured].compactMap(\.self)
    where FileManager.default.isExecutableFile(atPath: "\(folder)/initdb") { return folder }
    throw Failure("no PostgreSQL server is installed")
  }

  /// The server refuses to run as root.
  private static func asPostgres(_ arguments: [String]) -> [String] {
    getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + arguments : arguments
  }

  private static func makeCertificate(in folder: String) -> Bool {
    let key = "\(folder)/data/server.key"
    let made = try? run(
      asPostgres([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
        key, "-out", "\(folder)/data/server.crt",
      ]))
    return made != nil && chmod(key, 0o600) == 0
  }

  private static let endings: Mutex<[(pid: Int32, folder: String)]> = {
    atexit {
      for (pid, folder) in PrivateServer.endings.withLock({ $0 }) {
        kill(pid, SIGQUIT)
        for _ in 0..<200 where kill(pid, 0) == 0 {
          waitpid(pid, nil, WNOHANG)
          usleep(10_000)
        }
        try? FileManager.default.removeItem(atPath: folder)
      }
    }
    return Mutex([])
  }()
}

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

private func start(_ arguments: [String], output: String) throws -> Process {
  guard FileManager.default.createFile(atPath: output, contents: nil) else { throw Failure("cannot write \(output)") }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.currentDirectoryURL = URL(fileURLWithPath: "/")
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = FileHandle(forWritingAtPath: output)
  process.standardError = FileHandle(forWritingAtPath: output)
  try process.run()
  return process
}

@discardableResult
private func run(_ arguments: [String]) throws -> String {
  let output = "/tmp/bulkhead-pgtest-out-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  defer { unlink(output) }
  let process = try start(arguments, output: output)
  process.waitUntilExit()
  let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
  guard process.terminationStatus == 0 else { throw Failure("\(arguments) failed: \(text)") }
  return text
}

/// A loopback port below the ephemeral range that nobody listens on.
func freePort() throws -> Int {
  for _ in 0..<100 {
    let port = Int.random(in: 20_000..<32_000)
    let listener = try? Listener(port: port)
    if listener != nil { return port }
  }
  throw Failure("no free port")
}

/// A socket that accepts nobody: the kernel completes connections, and then nothing answers.
final class Listener: Sendable {
  private let descriptor: Int32
  let port: Int

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.port = port
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, listen(descriptor, 8) == 0 else {
      close(descriptor)
      throw Failure("port \(port) is taken")
    }
  }

  deinit { close(descriptor) }
}
