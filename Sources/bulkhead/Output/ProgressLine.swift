import Foundation
import Synchronization

/// A bar for work whose length is known; plain lines when nobody watches a terminal.
final class ProgressLine: Sendable {
  private static let width = 24
  private let title: String
  private let lastPercent = Mutex(-1)
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(_ title: String) { self.title = title }

  func show(_ done: Int, of total: Int, _ what: String = "") {
    let percent = total == 0 ? 100 : done * 100 / total
    let isNews = lastPercent.withLock { last in
      defer { last = percent }
      return last != percent
    }
    guard isNews else { return }
    if isTerminal {
      let filled = Self.width * percent / 100
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
      write("\r\u{1B}[K\(title) \(bar) \(percent) % \(what)")
      if done >= total { write("\r\u{1B}[K") }
    } else if percent % 25 == 0 {
      write("> \(title) \(percent) %\n")
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
