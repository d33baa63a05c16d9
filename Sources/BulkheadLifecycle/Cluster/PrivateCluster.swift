import BulkheadCore
import Foundation

/// A PostgreSQL of our own for when none is configured: system binaries, data in a folder, a unix socket and loopback.
///
/// PostgreSQL refuses to run as root; started by root it runs as the system user `postgres`.
package struct PrivateCluster: Sendable {
  package static let administrator = "bulkhead_admin"
  /// Starts that may fail because another server took the port meanwhile.
  static let startsMax = 8

  package struct Failure: Error, CustomStringConvertible, Sendable {
    package let description: String
  }

  /// `.bulkhead` or what the user chose.
  package let folder: URL
  private let binaries: URL
  private let runsAsRoot = geteuid() == 0

  package init(folder: URL) throws {
    self.folder = folder
    self.binaries = try Self.findBinaries()
  }

  private static func findBinaries() throws -> URL {
    if let chosen = ProcessInfo.processInfo.environment["BULKHEAD_PG_BIN"] { return URL(fileURLWithPath: chosen) }
    let root = URL(fileURLWithPath: "/usr/lib/postgresql")
    let majors = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    let usable = majors.compactMap(Int.init).filter { $0 >= 15 }.sorted(by: >)
    for major in usable {
      let bin = root.appendingPathComponent("\(major)/bin")
      if FileManager.default.isExecutableFile(atPath: bin.appendingPathComponent("initdb").path) { return bin }
    }
    throw Failure(
      description: """
        No PostgreSQL server (15 or later) was found under /usr/lib/postgresql. Install one (Debian: postgresql-15), \
        set BULKHEAD_PG_BIN to its bin folder, or name a server with --database-url.
        """)
  }

  /// Where the data lies: inside `folder`, unless the server's user cannot get there.
  package var data: URL { base.appendingPathComponent("postgres") }

  private var base: URL {
    guard runsAsRoot, !isReachable(folder) else { return folder }
    return URL(fileURLWithPath: "/var/lib/bulkhead").appendingPathComponent(fingerprint)
  }

  /// The unix socket's folder; its path must fit into 107 bytes.
  package var socket: URL {
    let inside = base.appendingPathComponent("socket")
    return inside.path.utf8.count <= 80 ? inside : URL(fileURLWithPath: "/tmp/bulkhead-\(fingerprint)")
  }

  private var fingerprint: String { String(hash, radix: 16) }

  /// FNV-1a of the folder's path.
  private var hash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in folder.standardizedFileURL.path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  private func isReachable(_ url: URL) -> Bool {
    var path = url.standardizedFileURL.deletingLastPathComponent()
    while path.path != "/" {
      var status = stat()
      guard stat(path.path, &status) == 0, status.st_mode & S_IXOTH != 0 else { return false }
      path.deleteLastPathComponent()
    }
    return true
  }

  package var exists: Bool {
    FileManager.default.fileExists(atPath: data.appendingPathComponent("PG_VERSION").path)
  }

  /// Makes the cluster when there is none and starts it when it does not run. Returns its address as keywords.
  package func start(password: String) throws -> String {
    try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: socket, withIntermediateDirectories: true)
    if runsAsRoot { try run("/bin/chown", ["postgres:", base.path, socket.path], asServer: false) }
    if !exists { try initialize(password: password) }
    if !isRunning { try startOnFreePort() }
    return "host='\(socket.path)' port=\(try port()) user=\(Self.administrator) password='\(password)' dbname=postgres"
  }

  /// Another server may take the port between the look and the start; then the next free one is tried.
  private func startOnFreePort() throws {
    var attempt = 1
    while true {
      if !isFree(try port()) { try append("port = \(try freePort())", to: "postgresql.auto.conf") }
      do {
        return try startServer()
      } catch {
        guard attempt < Self.startsMax, !isFree(try port()) else { throw error }
        attempt += 1
      }
    }
  }

  private func initialize(password: String) throws {
    let file = base.appendingPathComponent("initdb-password")
    try Data((password + "\n").utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    if runsAsRoot { try run("/bin/chown", ["postgres:", file.path], asServer: false) }
    defer { try? FileManager.default.removeItem(at: file) }
    try run(
      binaries.appendingPathComponent("initdb").path,
      [
        "-D", data.path, "-U", Self.administrator, "--pwfile", file.path, "-A", "scram-sha-256", "-E", "UTF8",
        "--locale=C.UTF-8", "--data-checksums",
      ])
    let settings = """
      listen_addresses = '127.0.0.1'
      port = \(try freePort())
      unix_socket_directories = '\(socket.path)'
      unix_socket_permissions = 0777
      max_connections = 200
      shared_buffers = 256MB
      # Values of statements never reach the log.
      log_parameter_max_length = 0
      log_parameter_max_length_on_error = 0
      """
    try append(settings, to: "postgresql.auto.conf")
  }

  private func append(_ text: String, to file: String) throws {
    let handle = try FileHandle(forWritingTo: data.appendingPathComponent(file))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data((text + "\n").utf8))
  }

  package var isRunning: Bool {
    (try? run(binaries.appendingPathComponent("pg_ctl").path, ["-D", data.path, "status"])) != nil
  }

  private func startServer() throws {
    let log = base.appendingPathComponent("postgres.log").path
    do {
      try run(binaries.appendingPathComponent("pg_ctl").path, ["-D", data.path, "-l", log, "-w", "-t", "60", "start"])
    } catch {
      let tail = (try? String(contentsOfFile: log, encoding: .utf8))?.suffix(2000) ?? ""
      throw Failure(description: "PostgreSQL did not start. The end of \(log):\n\(tail)")
    }
  }

  /// Stops the server: sessions are ended, what was committed is safe.
  package func stop() throws {
    guard isRunning else { return }
    try run(binaries.appendingPathComponent("pg_ctl").path, ["-D", data.path, "-m", "fast", "-w", "stop"])
  }

  /// Stops the server and removes every byte of it: what this type made, and the folders when nothing else is in them.
  package func destroy() throws {
    guard exists else {
      throw Failure(description: "There is no private PostgreSQL in \(folder.path); nothing was removed.")
    }
    try stop()
    let files = FileManager.default
    let own = [
      data, socket, base.appendingPathComponent("postgres.log"), folder.appendingPathComponent("master.key"),
      folder.appendingPathComponent("up.lock"),
    ]
    for url in own {
      if files.fileExists(atPath: url.path) { try files.removeItem(at: url) }
    }
    for url in [base, folder] where (try? files.contentsOfDirectory(atPath: url.path))?.isEmpty == true {
      try files.removeItem(at: url)
    }
  }

  /// Process id of the server, for those who stop it by hand.
  package var processID: Int32? {
    let file = data.appendingPathComponent("postmaster.pid")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    return text.split(separator: "\n").first.flatMap { Int32($0) }
  }

  private func port() throws -> Int {
    let file = data.appendingPathComponent("postgresql.auto.conf")
    // The last line counts, as it does for the server; ALTER SYSTEM writes values in quotes.
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").reversed()
    for line in lines where line.hasPrefix("port = ") {
      if let port = Int(line.dropFirst(7).filter { $0 != "'" }) { return port }
    }
    throw Failure(description: "\(file.path) names no port. Remove \(base.path) to start anew.")
  }

  /// The first port that nobody listens at, from one that differs by folder on; below the ephemeral range.
  private func freePort() throws -> Int {
    let first = Int(hash % 500)
    for step in 0..<500 where isFree(5470 + (first + step) % 500) { return 5470 + (first + step) % 500 }
    throw Failure(description: "No free port between 5470 and 5969 on 127.0.0.1.")
  }

  private func isFree(_ port: Int) -> Bool {
    let descriptor = socketDescriptor()
    defer { close(descriptor) }
    // As the server does it: connections that have just ended do not hold the port.
    var reuses: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuses, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private func socketDescriptor() -> Int32 {
    #if canImport(Glibc)
      Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  private func run(_ tool: String, _ arguments: [String], asServer: Bool = true) throws {
    try ServerTool.run(tool, arguments, asServer: asServer)
  }
}
