import BulkheadServer
import Foundation
import Logging

/// JSON lines on standard error, at the level of BULKHEAD_LOG_LEVEL (default: info).
enum Logs {
  ///
  /// - Parameter watch: withholds lines that carry the mark of a decoy.
  static func make(_ label: String, watch: LeakWatch? = nil) -> Logger {
    var withholds: (@Sendable ([UInt8]) -> Bool)?
    if let watch, watch.checks.contains(.logs) { withholds = { watch.withholds($0) } }
    var logger = Logger(label: label) { [withholds] in JSONLogHandler(label: $0, withholds: withholds) }
    let level = ProcessInfo.processInfo.environment["BULKHEAD_LOG_LEVEL"] ?? "info"
    logger.logLevel = Logger.Level(rawValue: level) ?? .info
    return logger
  }

  /// For commands that talk to people: errors only.
  static var quiet: Logger {
    var logger = make("bulkhead.cli")
    logger.logLevel = .error
    return logger
  }
}
