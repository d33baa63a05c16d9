import BulkheadCore
import BulkheadPostgres
import BulkheadReport
import Testing

@testable import BulkheadAssess

/// Serial: the databases of a server share its roles.
@Suite("Databases made to be assessed", .serialized)
struct FixtureTests {
  /// Not to be had beside the others in one database, or not by SQL.
  private static let apart: Set<String> = ["U06", "S01", "S06", "S07"]
  /// Below the floor of its major version.
  private static let oldMinor: Int32 = 150_010

  @Test("a database as it should be has no finding, and nothing in it is hidden from the rules")
  func mended() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create("mended", on: server, [FixtureServer.text("mended.sql")])
    let assessment = try await FixtureServer.assess("mended", on: server)
    #expect(assessment.findings.map(\.fingerprint) == [])
    #expect(assessment.unseen.map(\.reason) == [])
    let model = assessment.model
    #expect(model.column.names == ["tenant_id"] && model.column.confidence == .sure)
    #expect(model.tables(.tenant).map(\.name) == ["app.customer", "app.event", "app.orders", "app.outbox"])
    #expect(model.tables(.root).map(\.name) == ["app.tenants"])
    #expect(model.tables(.reference).map(\.name) == ["app.country"])
    #expect(model.tables(.closed).map(\.name) == ["app.placement"])
    #expect(model.roles.serving.map(\.name) == ["fx_app"])
    #expect(model.roles.across == ["fx_relay"])
    #expect(model.carriers == ["backtrace_functions"] && model.binding == "app.who()")
  }

  @Test("every rule has its violation, each is found exactly once, and the migration repairs what it says")
  func broken() async throws {
    let server = try FixtureServer.broken.get()
    let violations = try FixtureServer.violations()
    #expect(Set(violations.map(\.rule)).union(Self.apart) == Set(Rule.all.map(\.id)))
    try await FixtureServer.create(
      "broken", on: server, [FixtureServer.text("mended.sql")] + violations.map(\.sql))
    let assessment = try await FixtureServer.assess("broken", on: server, version: Self.oldMinor)
    let found = assessment.findings.map(\.rule.id)
    #expect(found.sorted() == Rule.all.map(\.id).filter { $0 != "U06" }.sorted())
    #expect(Set(assessment.findings.map(\.fingerprint)).count == assessment.findings.count)
    #expect(assessment.unseen.isEmpty)

    let baseline = Baseline.accepting(assessment, reason: "a test")
    let accepted = try Baseline(parsing: baseline.text).applied(to: assessment)
    #expect(accepted.open.isEmpty && accepted.stale.isEmpty)

    try await repair(assessment, on: server)
  }

  private func repair(_ assessment: Assessment, on server: PrivateServer) async throws {
    let migration = FixMigration(assessment)
    let repaired = Set(migration.repaired.map(\.fingerprint))
    #expect(repaired.count >= 55)
    let connection = try await FixtureServer.connection(to: "broken", on: server)
    try await connection.simple(
      (["BEGIN"] + migration.transaction + ["COMMIT"]).joined(separator: ";\n"), deadline: soon)
    for statement in migration.afterwards { try await connection.simple(statement, deadline: soon) }
    connection.close()
    let again = try await FixtureServer.assess("broken", on: server, version: Self.oldMinor)
    let left = Set(again.findings.map(\.fingerprint))
    #expect(left.intersection(repaired) == [])
    #expect(left == Set(assessment.findings.map(\.fingerprint)).subtracting(repaired))
  }

  @Test("where only superusers reach the tables, every table is assessed, and that is a finding of its own")
  func lonely() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "lonely", on: server,
      [
        "CREATE TABLE company (id int PRIMARY KEY)",
        "CREATE TABLE bill (company_id int NOT NULL REFERENCES company, id int, PRIMARY KEY (company_id, id))",
      ])
    let assessment = try await FixtureServer.assess("lonely", on: server)
    let found = assessment.findings.map(\.fingerprint)
    #expect(found.filter { $0.hasPrefix("U06") } == ["U06 database lonely"])
    #expect(found.contains("R01 public.bill") && found.contains("R11 public.company"))
    #expect(assessment.model.column.names == ["company_id"])
  }

  @Test("repairs of a database without a trusted binding make one, under which no row shows until it is set")
  func bindingMade() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "unbound", on: server,
      [
        """
        CREATE TABLE "Tenant's" (tenant_id int NOT NULL, "I D" int NOT NULL, PRIMARY KEY (tenant_id, "I D"));
        INSERT INTO "Tenant's" VALUES (7, 1), (8, 1);
        CREATE ROLE fx_unbound LOGIN; GRANT USAGE ON SCHEMA public TO fx_unbound;
        GRANT SELECT ON "Tenant's" TO fx_unbound;
        """
      ])
    let assessment = try await FixtureServer.assess("unbound", on: server)
    let migration = FixMigration(assessment)
    let admin = try await FixtureServer.connection(to: "unbound", on: server)
    try await admin.simple((["BEGIN"] + migration.transaction + ["COMMIT"]).joined(separator: ";\n"), deadline: soon)
    try await admin.simple("SET ROLE fx_unbound", deadline: soon)
    #expect(try await admin.cell("SELECT count(*) FROM public.\"Tenant's\"") == "0")
    try await admin.simple("RESET ROLE; SET backtrace_functions = 't37'; SET ROLE fx_unbound", deadline: soon)
    #expect(try await admin.cell("SELECT string_agg(tenant_id::text, ',') FROM public.\"Tenant's\"") == "7")
    admin.close()
    let again = try await FixtureServer.assess("unbound", on: server)
    #expect(again.model.binding == "(tenancy.tenant())::integer")
    let left = Set(again.findings.map(\.fingerprint)).intersection(migration.repaired.map(\.fingerprint))
    #expect(left == [])
  }
}
