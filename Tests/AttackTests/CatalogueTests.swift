import BulkheadCore
import Foundation
import Testing

@testable import bulkhead

@Suite("The catalogue of attacks")
struct CatalogueTests {
  @Test("there are at least 150 attacks, each with a name of its own, steps, an expectation and a wall")
  func complete() {
    let attacks = Catalogue.all
    #expect(attacks.count >= 150)
    #expect(Set(attacks.map(\.id)).count == attacks.count)
    for attack in attacks {
      #expect(!attack.title.isEmpty && !attack.steps.isEmpty && !attack.expected.isEmpty, "\(attack.id)")
      #expect(!attack.wall.name.isEmpty && !attack.tiers.isEmpty, "\(attack.id)")
      #expect(attack.id.allSatisfy { $0.isLetter || $0.isNumber || " .".contains($0) }, "\(attack.id)")
    }
  }

  @Test("every verb and every layer is attacked, and every tier has more than 150 attacks")
  func spread() {
    let attacks = Catalogue.all
    for verb in Verb.allCases { #expect(attacks.contains { $0.verb == verb }, "\(verb)") }
    for layer in Layer.allCases { #expect(attacks.contains { $0.layer == layer }, "\(layer)") }
    for tier in Tier.allCases { #expect(attacks.filter { $0.tiers.contains(tier) }.count > 150, "\(tier)") }
  }

  private static func run(_ verdict: Verdict) -> AttackRun {
    AttackRun(
      attack: AttackFacts(
        id: "some.attack", title: "Some <attack>", verb: .access, layer: .data, steps: ["One."], expected: "Refused.",
        wall: "a wall"),
      tier: .pooled, verdict: verdict, evidence: "seen & heard", control: "it leaked", seconds: 0.25)
  }

  @Test("a report tells breaches and idle attacks from held ones in every form")
  func forms() throws {
    let report = AttackReport(
      runs: [.held, .breach, .provesNothing, .broken].map(Self.run), hasControls: true, seconds: 1)
    #expect(report.bad.count == 3 && report.breaches.count == 1)
    #expect(report.matrix.contains("data   access     1/4         1"))
    #expect(report.junit.contains("tests=\"4\" failures=\"3\""))
    #expect(report.json["breaches"]?.int == 1 && report.json["failed"]?.int == 3)
    #expect(report.sarif["runs"]?[0]?["results"]?.array?.count == 3)
    #expect(report.html.contains("Some &lt;attack&gt;") && !report.html.contains("<script"))
    #expect(report.drillDown.contains("expected: Refused.") && report.drillDown.contains("without a wall: it leaked"))
    #expect(AttackReport(runs: [Self.run(.unproven)], hasControls: false, seconds: 1).summary.contains("no controls"))
  }

  @Test("wrong usage is refused before anything is started")
  func usage() {
    for arguments in [
      ["--filter", "no such attack"], ["--verb", "steal"], ["--tier", "cloud"], ["--live", "ftp://host"],
      ["--live", "not a url"], ["--token-a", "x"], ["--live", "http://127.0.0.1:1", "--token-a", "@/no/such/file"],
    ] {
      #expect(throws: (any Error).self, "\(arguments)") { try AttackCommand.parse(arguments) }
    }
    #expect(throws: Never.self) { try AttackCommand.parse(["--tier", "schema", "--layer", "sql"]) }
  }
}
