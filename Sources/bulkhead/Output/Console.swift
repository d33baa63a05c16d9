import BulkheadCore
import Foundation

/// Where people look: progress goes to standard error, results to standard output, so that results can be piped.
enum Console {
  private static let isTerminal = isatty(STDERR_FILENO) == 1

  static func result(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func result(_ json: JSON) { result(json.text) }

  /// One step of longer work.
  static func step(_ text: String) {
    let mark = isTerminal ? "\u{1B}[2m›\u{1B}[0m" : ">"
    FileHandle.standardError.write(Data("\(mark) \(text)\n".utf8))
  }

  static func warning(_ text: String) {
    FileHandle.standardError.write(Data("warning: \(text)\n".utf8))
  }
}

extension Console {
  static func failure(_ text: String) {
    FileHandle.standardError.write(Data("bulkhead: \(text)\n".utf8))
  }
}
