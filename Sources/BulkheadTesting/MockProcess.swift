import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The process behind `MockTradingPartner`. Ends with `stop`, or with this object.
final class MockProcess: Sendable {
  /// Ports that are tried: below the range that the system gives out to clients.
  static let ports = 18_000..<28_000
  static let portAttemptsMax = 50

  let port: Int
  private let log: URL
  private let process: Mutex<Process>

  /// - Parameter port: a free one is chosen when `nil`.
  /// - Parameter database: a file that keeps what the process knows; in memory when `nil`.
  static func start(id: String, startAt: String, port: Int? = nil, database: URL? = nil) throws -> MockProcess {
    let (port, process, log) = try launch(id: id, startAt: startAt, port: port, database: database)
    return MockProcess(port: port, process: process, log: log)
  }

  /// `BULKHEAD_MOCK_EDI`, else `mock-edi` of the folder of test tools, else that of `PATH`.
  static var program: String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment[MockTradingPartner.programVariable], !named.isEmpty { return named }
    if let tools = environment[MockTradingPartner.toolsVariable], !tools.isEmpty {
      let installed = URL(fileURLWithPath: tools).appendingPathComponent("mock-edi").path
      if FileManager.default.isExecutableFile(atPath: installed) { return installed }
    }
    return "mock-edi"
  }

  private init(port: Int, process: sending Process, log: URL) {
    self.port = port
    self.log = log
    self.process = Mutex(process)
  }

  deinit { stop() }

  private static func launch(
    id: String, startAt: String, port: Int?, database: URL?
  ) throws -> (Int, Process, URL) {
    guard let port = port ?? freePort() else { throw MockFailure("no free port for mock-edi") }
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("mock-edi-\(port)-\(UUID().uuidString).log")
    guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
      throw MockFailure("cannot write \(log.path)")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      program, "--host", "127.0.0.1", "--port", String(port), "--as2-id", id, "--start-at", startAt, "--quiet",
      "--db", database?.path ?? ":memory:",
    ]
    let output = try FileHandle(forWritingTo: log)
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { throw MockFailure("cannot start \(program): \(error)") }
    return (port, process, log)
  }

  /// A port that nothing listens on now. Another process may still take it first; the partner then fails to start.
  private static func freePort() -> Int? {
    for _ in 0..<portAttemptsMax {
      let port = Int.random(in: ports)
      if canBind(port) { return port }
    }
    return nil
  }

  private static func canBind(_ port: Int) -> Bool {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: in_addr_t(0x7F00_0001).bigEndian)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  var isRunning: Bool { process.withLock { $0.isRunning } }

  /// What the process wrote.
  var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// Ends the process at once: it keeps everything in memory and has nothing to save. A polite signal may find its
  /// signals blocked, as children inherit the mask of the thread that made them, and `waitUntilExit` turns the run loop
  /// of its thread, which one of the cooperative pool must not.
  func stop() {
    process.withLock { process in
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    try? FileManager.default.removeItem(at: log)
  }
}
