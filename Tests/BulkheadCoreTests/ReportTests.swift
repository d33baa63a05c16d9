import BulkheadCore
import BulkheadReport
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Reports")
struct ReportTests {
  static let hostile = "<script>\"&'\u{1}\u{FFFE}</script>"

  @Test("JUnit counts what failed and was skipped, and hostile text stays text")
  func junit() throws {
    let report = JUnit(
      name: "battery",
      cases: [
        JUnit.Case(suite: "data", name: Self.hostile, seconds: 0.0015, outcome: .passed),
        JUnit.Case(suite: "data", name: "b", seconds: 61.2, outcome: .failed("first line\n" + Self.hostile)),
        JUnit.Case(suite: "cache", name: "c", seconds: 0, outcome: .skipped("there is no cache")),
      ])
    let parsed = try XMLDocument(data: Data(report.xml.utf8), options: [])
    let root = try #require(parsed.rootElement())
    #expect(root.attribute(forName: "tests")?.stringValue == "3")
    #expect(root.attribute(forName: "failures")?.stringValue == "1")
    #expect(root.attribute(forName: "skipped")?.stringValue == "1")
    #expect(root.attribute(forName: "time")?.stringValue == "61.202")
    #expect(
      root.elements(forName: "testsuite").map { $0.attribute(forName: "name")?.stringValue } == ["data", "cache"])
  }

  @Test("a page holds nothing that a browser would run or fetch")
  func page() {
    var page = HTMLPage(title: Self.hostile, lead: Self.hostile)
    page.heading(Self.hostile)
    page.table([Self.hostile], [[HTMLPage.Cell(Self.hostile, style: "\"><script>")]])
    page.details(Self.hostile) { $0.code(Self.hostile) }
    #expect(!page.text.contains("<script"))
    #expect(!page.text.contains("http"))
  }

  @Test("an accepted finding is a suppressed result")
  func sarif() throws {
    let rule = SARIF.Rule(id: "X01", title: "t", help: "h", severity: .high)
    let result = SARIF.Result(
      ruleID: "X01", message: "m", subject: "public.orders", kind: "table", fingerprint: "f", severity: .high,
      accepted: "known")
    let run = try #require(SARIF(tool: "t", version: "1", rules: [rule], results: [result]).json["runs"]?[0])
    #expect(run["results"]?[0]?["level"]?.string == "error")
    #expect(run["results"]?[0]?["suppressions"]?[0]?["justification"]?.string == "known")
    #expect(run["tool"]?["driver"]?["rules"]?[0]?["id"]?.string == "X01")
  }
}
