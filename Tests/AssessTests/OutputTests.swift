import BulkheadCore
import BulkheadReport
import Testing

@testable import BulkheadAssess

@Suite("Reports of an assessment")
struct OutputTests {
  /// A name that tries to leave whatever it is put into.
  static let hostile = "public.\"x'\n; DROP TABLE y; --\u{2028}\r\u{1B}[31m<script>alert(1)</script>%s \\\u{202E}\""

  static func assessment(_ findings: [Finding], version: Int32 = 150_020, binding: String? = nil) -> Assessment {
    let model = Model(
      server: Model.Server(
        version: version, versionText: "15.20", database: hostile, user: hostile, isSuperuser: false, isStandby: true),
      column: TenantColumn(names: [hostile], confidence: .given, reasons: [hostile], others: [(hostile, 1)]),
      schemas: [("1", hostile)],
      tables: [(Model.Table(oid: "1", name: hostile, tenantColumn: "1", isReached: true), .tenant)],
      roles: Model.Roles(serving: [("2", hostile)], acting: ["2"], across: [hostile]), policies: [], carriers: [],
      binding: binding, rootKey: "1", isAssumed: false)
    return Assessment(
      model: model, findings: findings,
      unseen: [Unseen(rule: .passwordMD5, reason: hostile, isPrivilege: true)], stale: [hostile], duration: .zero)
  }

  private static let finding = Finding(
    rule: .rowSecurityDisabled, subject: hostile, evidence: hostile, fix: "ALTER TABLE x ENABLE ROW LEVEL SECURITY;")

  @Test("a name cannot leave its line in the terminal's report")
  func text() {
    let text = TextReport(Self.assessment([Self.finding]), showsAll: true).text
    #expect(!text.contains("\u{1B}") && !text.contains("\r") && !text.contains("\u{202E}"))
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("; DROP") })
    #expect(text.contains("1 finding: 1 critical, 0 high"))
  }

  @Test("a name cannot leave its comment in the migration")
  func comment() {
    let manual = Finding(rule: .sequenceShared, subject: Self.hostile, evidence: Self.hostile)
    let text = FixMigration(Self.assessment([Self.finding, manual])).text
    let code = text.split(separator: "\n").filter { !$0.hasPrefix("--") }
    #expect(!code.contains { $0.contains("DROP TABLE y") })
    #expect(code.contains { $0 == "ALTER TABLE x ENABLE ROW LEVEL SECURITY;" })
    #expect(
      Printable.comment("a\u{85}b\u{0B}c\u{0C}d\r\ne\u{2029}f").split(separator: "\n").allSatisfy {
        $0.hasPrefix("-- ")
      })
  }

  @Test("a name cannot leave its element in the page")
  func page() {
    let html = Self.assessment([Self.finding]).html
    #expect(!html.contains("<script>"))
    #expect(html.contains("&lt;script&gt;"))
  }

  @Test("JSON and SARIF keep names as they are")
  func machines() throws {
    let assessment = Self.assessment([Self.finding])
    let json = try JSONParser.parse(assessment.json.text)
    #expect(json["findings"]?[0]?["subject"]?.string == Self.hostile)
    let sarif = try JSONParser.parse(assessment.sarif(version: "1").json.text)
    #expect(sarif["runs"]?[0]?["results"]?[0]?["ruleId"]?.string == "R01")
    #expect(sarif["runs"]?[0]?["tool"]?["driver"]?["rules"]?.array?.count == Rule.all.count)
  }

  @Test("long lists are cut and say so, unless all are asked for")
  func cut() {
    let many = (0..<40).map { Finding(rule: .tenantNullable, subject: "t\($0)", evidence: "nullable") }
    let short = TextReport(Self.assessment(many), showsAll: false).text
    #expect(short.contains("… and 28 more"))
    #expect(!short.contains("t39"))
    #expect(TextReport(Self.assessment(many), showsAll: true).text.contains("t39"))
  }

  @Test("a binding is made only where none can be trusted, and where the carrier exists")
  func binding() {
    let fix = Finding(
      rule: .policyAbsent, subject: "t", evidence: "",
      fix: "CREATE POLICY p ON t USING (a = (SELECT tenancy.tenant()));")
    #expect(FixMigration(Self.assessment([fix])).text.contains("CREATE SCHEMA IF NOT EXISTS tenancy"))
    #expect(!FixMigration(Self.assessment([fix], binding: "f()")).text.contains("CREATE SCHEMA"))
    let old = FixMigration(Self.assessment([fix], version: 120_022))
    #expect(old.repaired.isEmpty)
    #expect(old.text.contains("Not repaired here."))
  }

  @Test("what is accepted is counted apart and does not come back in the migration")
  func accepted() throws {
    let baseline = Baseline.accepting(Self.assessment([Self.finding]), reason: "looked at \"it\"\n")
    let again = try Baseline(parsing: baseline.text)
    #expect(again.entries == baseline.entries)
    let applied = again.applied(to: Self.assessment([Self.finding]))
    #expect(applied.open.isEmpty)
    #expect(applied.stale.isEmpty)
    #expect(FixMigration(applied).repaired.isEmpty)
    #expect(again.applied(to: Self.assessment([])).stale == [Self.finding.fingerprint])
  }

  @Test(
    "a baseline that is not one says why",
    arguments: [
      ("", "not JSON"), ("[]", "version"), (#"{"version":2,"accepted":[]}"#, "version"),
      (#"{"version":1}"#, "not a list"), (#"{"version":1,"accepted":[{"reason":"x"}]}"#, "entry 1"),
      (#"{"version":1,"accepted":[{"finding":"R01 t","reason":" "}]}"#, "say why"),
    ])
  func invalid(text: String, says: String) {
    let refusal = #expect(throws: Refusal.self) { try Baseline(parsing: text) }
    #expect(refusal?.detail.contains(says) == true)
    #expect(refusal?.code == .assessBaseline)
  }
}
