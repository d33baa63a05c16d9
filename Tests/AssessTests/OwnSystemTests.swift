import BulkheadAssess
import BulkheadCore
import BulkheadLifecycle
import Testing

@testable import bulkhead

@Suite("Our own databases", .serialized)
struct OwnSystemTests {
  /// A cell with a pooled tenant and one in a schema of its own, and a dedicated database.
  private static func databases() async throws -> (conninfo: String, names: [String]) {
    let cluster = try await TestCluster.shared.cluster()
    let platform = try await Platform.open(cluster, logger: .test)
    defer { platform.close() }
    var names: Set<String> = []
    for tier in ["pooled", "schema", "dedicated"].compactMap(Tier.init(rawValue:)) {
      let record = try await platform.provisioner(TestCluster.shared.options).create(
        TenantRequest(slug: "assessed-\(tier.rawValue)", name: "Assessed", tier: tier), actor: platform.operatorActor)
      names.insert(record.placement.database)
    }
    let own = try #require(cluster.privateCluster)
    let conninfo = try cluster.master.rolePassword(role: PrivateCluster.administrator).withValue {
      try own.start(password: $0)
    }
    return (conninfo, names.sorted())
  }

  private static func assess(_ conninfo: String, _ database: String) async throws -> Assessment {
    try await Assessor(conninfo: "\(conninfo) dbname=\(database)", reactor: reactor.get()).run()
  }

  @Test("have no finding in any tier, with nothing accepted; without one of its walls they have")
  func clean() async throws {
    let (conninfo, names) = try await Self.databases()
    #expect(names.count == 2)
    for name in names {
      let assessment = try await Self.assess(conninfo, name)
      #expect(assessment.findings.map(\.fingerprint) == [], "\(name)")
      #expect(assessment.unseen.isEmpty, "\(name)")
      #expect(assessment.model.tables(.tenant).count >= 40, "\(name)")
      #expect(assessment.model.column.confidence == .sure, "\(name)")
      #expect(assessment.model.carriers == ["backtrace_functions"], "\(name)")
      #expect(!assessment.model.roles.serving.isEmpty && !assessment.model.isAssumed, "\(name)")
    }
    try await withoutAWall(conninfo, names[0])
  }

  /// Each wall taken away alone is found, and put back.
  private func withoutAWall(_ conninfo: String, _ database: String) async throws {
    let schema = try await Self.schema(conninfo, database)
    let table = "\(schema).idempotency_key"
    let role = try #require(try await Self.assess(conninfo, database).model.roles.serving.first?.name)
    let walls: [(take: String, back: String, finding: String)] = [
      (
        "ALTER TABLE \(table) DISABLE ROW LEVEL SECURITY", "ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY",
        "R01 \(table)"
      ),
      (
        "ALTER TABLE \(table) NO FORCE ROW LEVEL SECURITY", "ALTER TABLE \(table) FORCE ROW LEVEL SECURITY",
        "R02 \(table)"
      ),
      (
        "CREATE POLICY hole ON \(table) FOR SELECT USING (true)", "DROP POLICY hole ON \(table)",
        "R04 \(table) policy hole"
      ),
      ("ALTER ROLE \(role) BYPASSRLS", "ALTER ROLE \(role) NOBYPASSRLS", "U02 role \(role)"),
      (
        "GRANT SET ON PARAMETER backtrace_functions TO \(role)",
        "REVOKE SET ON PARAMETER backtrace_functions FROM \(role)", "R14 \(role) on backtrace_functions"
      ),
      ("GRANT bulkhead_owner TO \(role)", "REVOKE bulkhead_owner FROM \(role)", "U08 role \(role) to bulkhead_owner"),
      (
        "CREATE UNIQUE INDEX hole ON \(table) (key)", "DROP INDEX \(schema).hole", "K02 \(schema).hole"
      ),
    ]
    for wall in walls {
      try await Self.run(conninfo, database, wall.take)
      let found = try await Self.assess(conninfo, database).findings.map(\.fingerprint)
      #expect(found.contains(wall.finding), "\(wall.take): \(found)")
      try await Self.run(conninfo, database, wall.back)
    }
    #expect(try await Self.assess(conninfo, database).findings.map(\.fingerprint) == [])
  }

  private static func schema(_ conninfo: String, _ database: String) async throws -> String {
    let tables = try await assess(conninfo, database).model.tables(.tenant).map(\.name)
    let table = try #require(tables.first { $0.hasSuffix(".idempotency_key") })
    return String(table.dropLast(".idempotency_key".count))
  }

  private static func run(_ conninfo: String, _ database: String, _ sql: String) async throws {
    let admin = try AdminAccess(cell: "main", conninfo: conninfo, reactor: reactor.get())
    _ = try await admin.connected(to: database) { try await $0.simple(sql, deadline: soon) }
  }
}
