import BulkheadCore
import Foundation

/// A process that the benchmark started and will end.
final class ChildProcess {
  private let process = Process()
  private let output = Pipe()
  private var pending = Data()

  /// Everything that names a database, so that the children use the private one.
  private static let foreign = ["PG", "BULKHEAD_"]

  /// Starts `program`; what it says on standard error goes to the file `log`.
  init(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let inherited = ProcessInfo.processInfo.environment.filter { variable, _ in
      !Self.foreign.contains { variable.hasPrefix($0) }
    }
    process.environment = inherited.merging(environment) { _, ours in ours }
    process.standardOutput = output
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let handle = try FileHandle(forWritingTo: log)
    try handle.seekToEnd()
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  var id: Int32 { process.processIdentifier }

  /// The first line of standard output that holds a JSON object. Waits until it comes or the process ends.
  func firstJSON() throws -> JSON {
    while let line = readLine() {
      if line.hasPrefix("{"), let json = try? JSONParser.parse(line) { return json }
    }
    throw BenchFailure("\(process.executableURL?.lastPathComponent ?? "") ended early; see its log")
  }

  /// Everything it says until it ends.
  func outputToEnd() -> String {
    let rest = output.fileHandleForReading.readDataToEndOfFile()
    return String(decoding: pending + rest, as: UTF8.self)
  }

  /// Whether it ended by itself and with status 0. Ask after `outputToEnd`.
  func succeeded() -> Bool {
    for _ in 0..<Self.graceSeconds * 20 where process.isRunning { usleep(50_000) }
    return !process.isRunning && process.terminationStatus == 0
  }

  /// How long a process may take to end by itself.
  private static let graceSeconds = 5

  /// Asks it to end, kills it when it does not within the grace, and waits until it has ended.
  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    for _ in 0..<Self.graceSeconds * 20 where process.isRunning { usleep(50_000) }
    // `waitUntilExit` needs a run loop, which a task's thread has not.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  private func readLine() -> String? {
    while true {
      if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: pending[pending.startIndex..<end], as: UTF8.self)
        pending = Data(pending[pending.index(after: end)...])
        return line
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }
}
