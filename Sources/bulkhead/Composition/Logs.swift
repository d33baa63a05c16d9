import BulkheadServer
import Foundation
import Logging

/// JSON lines on standard error, at the level of BULKHEAD_LOG_LEVEL (default: info).
enum Logs {
  static func make(_ label: String) -> Logger {
    var logger = Logger(label: label) { JSONLogHandler(label: $0) }
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
