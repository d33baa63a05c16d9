import BulkheadCore
import BulkheadTesting
import Foundation
import Testing

/// Code that has no tenant does not compile from `Distribution`. Each snippet is type-checked as that module is: with
/// the same built modules and without the platform's package name. Its first lines name the diagnostics that must come.
@Suite("What Distribution cannot say", .serialized)
struct CompileWallTests {
  @Test("a query inside a tenant's transaction compiles")
  func control() throws {
    let outcome = try Compiler.check(Snippet(named: "Control"))
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("code without a tenant does not compile", arguments: try Snippet.all().filter { !$0.errors.isEmpty })
  func refused(snippet: Snippet) throws {
    let outcome = try Compiler.check(snippet)
    #expect(outcome.status != 0, "\(snippet.name) compiled")
    for error in snippet.errors { #expect(outcome.output.contains("error: " + error), "\(outcome.output)") }
  }

  @Test("the wall removed: with the platform's package name the inner doors are visible")
  func withPackageName() throws {
    let flags = try ["-package-name", Compiler.platformPackage()]
    let outcome = try Compiler.check(Snippet(named: "Pool"), flags: flags)
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}

/// One file of `Snippets`.
struct Snippet: Sendable, CustomTestStringConvertible {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snippets")
  private static let ending = ".swift.txt"

  let name: String
  let text: String
  /// What the compiler must say, from the lines that begin with `// error: `.
  let errors: [String]

  init(named name: String) throws {
    self.name = name
    text = try String(contentsOf: Self.folder.appendingPathComponent(name + Self.ending), encoding: .utf8)
    errors = text.split(separator: "\n").filter { $0.hasPrefix("// error: ") }.map { String($0.dropFirst(10)) }
  }

  static func all() throws -> [Snippet] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { $0.hasSuffix(ending) }
      .map { try Snippet(named: String($0.dropLast(ending.count))) }
  }

  var testDescription: String { name }
}

/// The compiler, called as the build calls it for `Distribution`.
enum Compiler {
  struct Missing: Error {}

  static func check(_ snippet: Snippet, flags: [String] = []) throws -> (status: Int32, output: String) {
    let build = try command()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("snippet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appendingPathComponent("Snippet.swift")
    try Data(snippet.text.utf8).write(to: source)
    let run = try ToolRun(
      [build.compiler, "-typecheck", "-module-name", "Snippet"] + build.flags + flags + [source.path])
    return (run.status, run.output + run.complaints)
  }

  /// The name under which the platform's own modules are compiled: that of the folder the package lies in.
  static func platformPackage() throws -> String {
    let words = try words(of: "BulkheadData")
    guard let flag = words.firstIndex(of: "-package-name"), words.indices.contains(flag + 1) else { throw Missing() }
    return words[flag + 1]
  }

  /// The compiler and the search flags of the build's own command for module `Distribution`.
  private static func command() throws -> (compiler: String, flags: [String]) {
    let words = try words(of: "Distribution")
    guard let compiler = words.first else { throw Missing() }
    #expect(!words.contains("-package-name"), "Distribution is compiled inside the platform's walls")
    return (compiler, search(words))
  }

  /// The build's own command for a module: the plan lies two folders above the program that runs these tests.
  private static func words(of module: String) throws -> [String] {
    let program = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let products = program.deletingLastPathComponent()
    let plan = products.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("\(products.lastPathComponent).yaml")
    let text = try String(contentsOf: plan, encoding: .utf8)
    let lines = text.split(separator: "\n").drop { !$0.hasPrefix("  \"C.\(module)-") || !$0.contains(".module") }
    guard let line = lines.first(where: { $0.hasPrefix("    args: ") }) else { throw Missing() }
    return try JSONParser.parse(String(line.dropFirst(10))).array?.compactMap(\.string) ?? []
  }

  private static func search(_ words: [String]) -> [String] {
    let paired: Set<String> = ["-Xcc", "-I", "-target", "-swift-version", "-enable-upcoming-feature"]
    var flags: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if paired.contains(word), let value = rest.popFirst() {
        flags += [word, value]
      } else if word.hasPrefix("-I") {
        flags.append(word)
      }
    }
    return flags
  }
}
