import Foundation
import Testing

@Suite("The house rules")
struct StyleTests {
  static let fileLinesMax = 500
  static let lineColumnsMax = 120

  @Test("files stay small and lines short")
  func sizes() throws {
    for file in try SourceTree.swift() {
      #expect(file.lines.count <= Self.fileLinesMax, "\(file.path) has \(file.lines.count) lines")
      for (number, line) in file.lines.enumerated() where line.count > Self.lineColumnsMax {
        Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
      }
    }
  }

  @Test("nothing is left open and nothing is named after a drawer")
  func openEnds() throws {
    let openEnds = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK", "not imple" + "mented"]
    let drawers = ["Utils", "Helpers", "Common", "Manager", "Misc"]
    for file in try SourceTree.swift() {
      for word in openEnds { #expect(!file.text.contains(word), "\(file.path) contains \(word)") }
      for drawer in drawers {
        #expect(!file.path.contains(drawer), "\(file.path)")
      }
    }
  }

  @Test("what the compiler was told to trust is proved in a comment")
  func provenTrust() throws {
    let trusted = ["@unchecked Sendable", "nonisolated(unsafe)", "Task.detached", "unsafeBitCast"]
    for file in try SourceTree.swift() {
      for (number, line) in file.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard trusted.contains(where: code.contains) else { continue }
        let above = file.lines[max(0, number - 8)..<number]
        #expect(above.contains { $0.contains("//") }, "\(file.path):\(number + 1) trusts without a proof")
      }
    }
  }

  /// A name that is written in the program itself may be unwrapped with a trap, when the comment above says so.
  @Test("no source traps on purpose or forces a value")
  func noTraps() throws {
    let traps = ["fatalError(", "preconditionFailure(", "try!", "as!"]
    for file in try SourceTree.swift() {
      for (number, line) in file.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let above = file.lines[max(0, number - 3)..<number]
        if above.contains(where: { $0.contains("///") && $0.contains("written in this program") }) { continue }
        for trap in traps where code.contains(trap) {
          Issue.record("\(file.path):\(number + 1) has \(trap)")
        }
      }
    }
  }

  @Test("what git keeps names no machine")
  func noMachinePaths() throws {
    let banned = ["/wo" + "rk/", "/fa" + "rm/", "../sha" + "red"]
    for folder in ["Sources", "Tests", "docs", "scripts"] {
      for suffix in [".swift", ".sql", ".md", ""] {
        for file in (try? SourceTree.files(in: folder, suffix: suffix)) ?? [] {
          for word in banned { #expect(!file.text.contains(word), "\(file.path) contains \(word)") }
        }
        if folder == "scripts" { break }
      }
    }
  }
}
