import BulkheadCore
import BulkheadPostgres
import Testing

@testable import BulkheadAssess

@Suite("Databases that cannot be assessed, or not whole", .serialized)
struct BadInputTests {
  private func refusal(_ body: () async throws -> Assessment) async throws -> Refusal {
    do {
      _ = try await body()
    } catch let refusal as Refusal {
      return refusal
    }
    throw Failure("nothing was refused")
  }

  private func refusal(_ conninfo: String) async throws -> Refusal {
    try await refusal { try await Assessor(conninfo: conninfo, reactor: reactor.get()).run() }
  }

  @Test("nobody listens, the password is wrong, the database is absent, the text is no address")
  func unreachable() async throws {
    let server = try FixtureServer.mended.get()
    let admin = try await connect(to: server)
    try await admin.simple("CREATE ROLE fx_secret LOGIN PASSWORD 'right'", deadline: soon)
    admin.close()
    let cases: [(conninfo: String, says: String)] = [
      ("postgresql://nobody:hunter2@127.0.0.1:\(try freePort())/x", "the connection failed"),
      ("postgresql://fx_secret:hunter2@127.0.0.1:\(server.port)/postgres", "did not accept the password"),
      ("host=127.0.0.1 port=\(server.port) user=fx_secret dbname=postgres password=''", "did not accept the password"),
      (FixtureServer.conninfo("absent_hunter", on: server), "does not exist"),
      ("postgres//u:hunter2@host/db", "libpq cannot read"), ("host=/nonexistent dbname=x", "the connection failed"),
    ]
    for one in cases {
      let refusal = try await refusal(one.conninfo)
      #expect(refusal.code == .assessUnreachable, "\(one.conninfo)")
      #expect(refusal.detail.contains(one.says), "\(refusal.debugDescription)")
      #expect(!refusal.debugDescription.contains("hunter2"), "\(refusal.debugDescription)")
    }
  }

  @Test("an empty database, one without a tenant column, unknown schemas and columns")
  func nothingToAssess() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create("empty", on: server, [])
    try await FixtureServer.create("plain", on: server, ["CREATE TABLE a (id int, created_at date)"])
    #expect(try await refusal { try await FixtureServer.assess("empty", on: server) }.code == .assessNoTables)
    let none = try await refusal { try await FixtureServer.assess("plain", on: server) }
    #expect(none.code == .assessNoTenantColumn && none.detail.contains("--tenant-column"))
    let schema = try await refusal { try await FixtureServer.assess("plain", on: server, schemas: ["x\ny"]) }
    #expect(schema.code == .assessSchemaUnknown && schema.detail.contains("public") && !schema.detail.contains("\n"))
    let column = try await refusal { try await FixtureServer.assess("plain", on: server, columns: ["x' OR 1"]) }
    #expect(column.code == .assessNoTenantColumn)
    #expect(try await FixtureServer.assess("plain", on: server, columns: ["id"]).findings.isEmpty == false)
  }

  @Test("a server that is too old is refused before anything is read")
  func tooOld() async throws {
    let server = try FixtureServer.mended.get()
    let old = try await refusal { try await FixtureServer.assess("postgres", on: server, version: 90_624) }
    #expect(old.code == .assessNotPostgres && old.detail.contains("version 9.6.24") && old.detail.contains("12"))
  }

  @Test("a login without privileges sees most, and is told what it could not see")
  func ordinaryLogin() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "ordinary", on: server,
      [
        """
        CREATE TABLE t (tenant_id int NOT NULL, id int, PRIMARY KEY (tenant_id, id));
        CREATE ROLE fx_looker LOGIN; GRANT SELECT ON t TO fx_looker
        """
      ])
    let assessment = try await FixtureServer.assess("ordinary", on: server, user: "fx_looker")
    #expect(assessment.findings.contains { $0.fingerprint == "R01 public.t" })
    #expect(assessment.unseen.map(\.rule.id) == ["U11", "S07"])
    #expect(assessment.unseen.allSatisfy(\.isPrivilege) && assessment.isComplete)
    #expect(TextReport(assessment, showsAll: false).text.contains("NOT SEEN"))
  }

  @Test("where catalogs are closed to the login, it is told which one and what to do")
  func closedCatalogs() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "closed", on: server,
      ["CREATE TABLE t (tenant_id int); CREATE ROLE fx_blind LOGIN", "REVOKE ALL ON pg_roles FROM PUBLIC"])
    let blind = try await refusal { try await FixtureServer.assess("closed", on: server, user: "fx_blind") }
    #expect(blind.code == .assessUnreadable && blind.diagnostic?.contains("pg_roles") == true)
  }

  @Test("nothing is written: the session is read-only, and what a database defines is not run")
  func changesNothing() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "trapped", on: server,
      [
        """
        CREATE TABLE t (tenant_id int NOT NULL, id int, PRIMARY KEY (tenant_id, id));
        CREATE TABLE sprung (at timestamptz);
        CREATE FUNCTION public.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS
          $$ INSERT INTO public.sprung VALUES (now()) RETURNING 'x' $$;
        CREATE FUNCTION public.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS
          $$ INSERT INTO public.sprung VALUES (now()) RETURNING 'x' $$;
        CREATE VIEW public.pg_class AS SELECT 1 AS oid;
        ALTER DATABASE trapped SET search_path = public, pg_catalog;
        """
      ])
    let assessment = try await FixtureServer.assess("trapped", on: server)
    #expect(assessment.isComplete && assessment.findings.contains { $0.fingerprint == "R01 public.t" })
    let check = try await FixtureServer.connection(to: "trapped", on: server)
    #expect(try await check.cell("SELECT count(*) FROM public.sprung") == "0")
    check.close()
    let session = try await CatalogSession.open(FixtureServer.conninfo("trapped", on: server), reactor: reactor.get())
    defer { session.close() }
    let error = try await failure { try await session.rows("CREATE TABLE public.mine (id int)") }
    #expect(error.sqlState == "25006")
    // The transaction goes on after an error.
    #expect(try await session.rows("SELECT 1")[0].text(0) == "1")
  }

  @Test("a thousand tables with every kind of gap are assessed whole")
  func thousandTables() async throws {
    let server = try FixtureServer.mended.get()
    try await FixtureServer.create(
      "thousand", on: server,
      [
        """
        CREATE ROLE fx_thousand LOGIN;
        CREATE TABLE tenant (id int PRIMARY KEY);
        DO $$ BEGIN
          FOR i IN 1..1000 LOOP
            EXECUTE format('CREATE TABLE t%s (tenant_id int REFERENCES tenant, id serial PRIMARY KEY, code text UNIQUE,
              note text, parent int REFERENCES t%s)', i, greatest(1, i - 1));
            EXECUTE format('CREATE INDEX ON t%s (note)', i);
            EXECUTE format('CREATE POLICY p ON t%s USING (tenant_id = current_setting(''app.t'')::int)', i);
            EXECUTE format('GRANT ALL ON t%s TO fx_thousand', i);
          END LOOP;
        END $$
        """
      ])
    let assessment = try await FixtureServer.assess("thousand", on: server)
    print("1,000 tables: \(assessment.findings.count) findings in \(assessment.duration)")
    #expect(assessment.isComplete)
    for rule in ["R01", "R07", "R08", "R10", "K01", "K02", "K03", "K05", "K06", "G02", "G03", "G04", "G05", "G06"] {
      #expect(assessment.findings.filter { $0.rule.id == rule }.count == 1000, "\(rule)")
    }
    #expect(FixMigration(assessment).repaired.count > 10_000)
  }
}
