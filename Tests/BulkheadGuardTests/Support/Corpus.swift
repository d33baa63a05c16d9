import BulkheadCore
import BulkheadGuardProbe
import Foundation
import Testing

@testable import BulkheadGuard

/// One block of a corpus file: a statement and what the guard must say to it.
///
///     SELECT name FROM product
///     ----
///     $1 read product
///     SELECT name FROM (…) product
///
/// Blocks are set apart by a line of `====`. The verdict of a refused statement is `refused CODE` and nothing follows.
struct CorpusCase: Sendable, CustomTestStringConvertible {
  let place: String
  let statement: String
  let verdict: String
  let rewritten: String

  var isRefused: Bool { verdict.hasPrefix("refused ") }
  var testDescription: String { "\(place): \(statement)" }
}

enum Corpus {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Corpus")

  /// Every block of every file, in the order of the file names.
  static let cases: [CorpusCase] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".txt") }.sorted().flatMap(read)
  }()

  static let accepted = cases.filter { !$0.isRefused }
  static let refused = cases.filter(\.isRefused)

  private static func read(_ file: String) -> [CorpusCase] {
    guard let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8) else { return [] }
    return text.components(separatedBy: "\n====\n").enumerated().map { index, block in
      let halves = block.components(separatedBy: "\n----\n")
      let answer = (halves.last ?? "").split(separator: "\n", maxSplits: 1).map(String.init)
      return CorpusCase(
        place: "\(file)#\(index + 1)", statement: halves[0], verdict: answer.first ?? "",
        rewritten: answer.count > 1 ? answer[1].trimmingCharacters(in: .newlines) : "")
    }
  }

  /// The first line of a block's answer for `guarded`.
  static func verdict(_ guarded: GuardedStatement) -> String {
    let parameter = guarded.tenantParameter.map { "$\($0)" } ?? "-"
    return ([parameter, guarded.isReadOnly ? "read" : "write"] + guarded.tables).joined(separator: " ")
  }

  static let catalog = JudgedStatement.catalog
}
