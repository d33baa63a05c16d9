import Foundation

/// The sources of this package, as text.
struct SourceTree {
  struct File {
    /// Path below the package, for example `Sources/BulkheadCore/JSON/JSON.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// Modules named in import declarations.
    var imports: [String] {
      lines.compactMap { line in
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), words[..<index].allSatisfy({ Self.importWords.contains($0) })
        else { return nil }
        return words.dropFirst(index + 1).first { !["struct", "class", "enum", "func", "protocol"].contains($0) }
          .map { String($0.split(separator: ".")[0]) }
      }
    }

    private static let importWords: Set<Substring> = ["public", "internal", "private", "package", "@testable"]
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func files(in folder: String, suffix: String) throws -> [File] {
    let base = root.appendingPathComponent(folder)
    guard let paths = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return try paths.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.sorted().map { path in
      File(
        path: "\(folder)/\(path)",
        text: try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8))
    }
  }

  static func swift() throws -> [File] { try files(in: "Sources", suffix: ".swift") }
}
