import BulkheadReport
import Foundation
import Testing

@testable import BulkheadAssess

@Suite("Rules of an assessment")
struct RuleTests {
  @Test("ids are unique, and their letter names the layer")
  func ids() {
    #expect(Set(Rule.all.map(\.id)).count == Rule.all.count)
    let letters: [Rule.Layer: Character] = [
      .rowSecurity: "R", .keys: "K", .code: "C", .grants: "G", .roles: "U", .exits: "O", .server: "S",
    ]
    for rule in Rule.all {
      #expect(rule.id.first == letters[rule.layer], "\(rule.id)")
      #expect(rule.id.count == 3, "\(rule.id)")
    }
    #expect(Set(Rule.all.map(\.layer)) == Set(Rule.Layer.allCases))
  }

  @Test("every rule that is written down is in the list")
  func complete() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources/BulkheadAssess/Rules")
    let paths = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    let files = paths.filter { $0.contains("/") && $0.hasSuffix(".swift") }
    #expect(files.count == Rule.all.count)
    #expect(Rule.all.count >= 60)
  }

  @Test("every rule says what leaks and what to do, in sentences")
  func words() {
    for rule in Rule.all {
      for text in [rule.leak, rule.remedy] {
        #expect(
          text.hasSuffix(".") && text.first?.isUppercase == true || text.hasPrefix("pg_") || text.hasPrefix("lo_")
            || text.hasPrefix("setval") || text.hasPrefix("200,000"), "\(rule.id): \(text)")
      }
      #expect(!rule.title.hasSuffix("."), "\(rule.id)")
      #expect(RuleText.explanation(rule).contains(rule.query), "\(rule.id)")
      #expect(RuleText.list.contains(rule.title), "\(rule.id)")
    }
  }

  @Test("the document lists every rule as it is")
  func document() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/ASSESS.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    for rule in Rule.all {
      let row = "| \(rule.id) | \(rule.severity.rawValue) | \(rule.verb.rawValue) | \(rule.title) |"
      #expect(text.contains(row), "\(row)")
    }
  }

  @Test("a rule is found by its id in either case")
  func named() {
    #expect(Rule.named("r01")?.id == "R01")
    #expect(Rule.named("R99") == nil)
  }

  @Test("no rule knows a name of this product")
  func noFavours() {
    for rule in Rule.all { #expect(!rule.query.lowercased().contains("bulkhead"), "\(rule.id)") }
    #expect(!RulePrelude.sql.lowercased().contains("bulkhead"))
  }
}
