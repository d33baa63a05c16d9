import BulkheadCore
import Foundation

/// Where people look: progress goes to standard error, results to standard output, so that results can be piped.
enum Console {
  private static let isTerminal = isatty(STDERR_FILENO) == 1

  static func result(_ text: String) {
    write(text, to: .standardOutput)
  }

  static func result(_ json: JSON) { result(json.text) }

  /// One step of longer work.
  static func step(_ text: String) {
    let mark = isTerminal ? "\u{1B}[2m›\u{1B}[0m" : ">"
    write("\(mark) \(text)", to: .standardError)
  }

  static func warning(_ text: String) {
    write("warning: \(text)", to: .standardError)
  }

  /// A reader that has seen enough and went away (`| head`) is no reason to fail, or to leave work half done.
  fileprivate static func write(_ line: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data((line + "\n").utf8))
  }
}

extension Console {
  static func failure(_ text: String) {
    write("bulkhead: \(text)", to: .standardError)
  }
}
