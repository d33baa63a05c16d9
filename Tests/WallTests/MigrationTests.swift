import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Synchronization
import Testing

@testable import bulkhead

@Suite("Migrations", .serialized)
struct MigrationTests {
  private static func table(_ name: String) -> String {
    """
    CREATE TABLE \(name) (
      tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid NOT NULL, PRIMARY KEY (tenant_id, id));
    SELECT bulkhead.protect('\(name)');
    """
  }

  private static func applied(_ connection: PostgresConnection, _ schema: String) async throws -> [String] {
    try await connection.sql(
      "SELECT file_name FROM bulkhead.migration WHERE schema_name = '\(schema)' ORDER BY 1"
    ).texts
  }

  @Test("a run that fails keeps what was applied and goes on after the repair")
  func resumes() async throws {
    try await Throwaway.database("wall_migrations") { connection, installation in
      try await installation.openSchema("resumed", role: "bulkhead_pool", tenant: nil, connection)
      let files = try Migrations([
        "0001_a.sql": Self.table("a"), "0002_b.sql": Self.table("b") + "SELECT 1 / 0;", "0003_c.sql": Self.table("c"),
      ])
      let error = await #expect(throws: MigrationError.self) {
        try await files.migrator.migrateSchema("resumed", connection)
      }
      #expect(error?.reason == .statementFailed && error?.file == "tenant/0002_b.sql")
      #expect(try await Self.applied(connection, "resumed") == ["tenant/0001_a.sql"])
      #expect(try await connection.sql("SELECT to_regclass('resumed.b') IS NULL").texts == ["t"])
      try files.write("0002_b.sql", Self.table("b"))
      try await files.migrator.migrateSchema("resumed", connection)
      #expect(try await Self.applied(connection, "resumed").count == 3)
      let again = Mutex(0)
      try await files.migrator.migrateSchema("resumed", connection) { _, _, _ in again.withLock { $0 += 1 } }
      #expect(again.withLock { $0 } == 0)
    }
  }

  @Test("a file that was changed after it was applied is refused before anything runs")
  func changed() async throws {
    try await Throwaway.database("wall_migrations") { connection, installation in
      try await installation.openSchema("changed", role: "bulkhead_pool", tenant: nil, connection)
      let files = try Migrations(["0002_a.sql": Self.table("a")])
      try await files.migrator.migrateSchema("changed", connection)
      try files.write("0002_a.sql", Self.table("a") + "\n-- later")
      try files.write("0001_b.sql", Self.table("b"))
      let error = await #expect(throws: MigrationError.self) {
        try await files.migrator.migrateSchema("changed", connection)
      }
      #expect(error?.reason == .changedAfterwards)
      #expect(try await Self.applied(connection, "changed") == ["tenant/0002_a.sql"])
    }
  }

  @Test("migrators that run at once apply each file once and all succeed")
  func atOnce() async throws {
    let cluster = try await TestCluster.shared.cluster()
    try await Throwaway.database("wall_migrations") { connection, installation in
      try await installation.openSchema("hurried", role: "bulkhead_pool", tenant: nil, connection)
      let names = ["a", "b", "c"]
      let files = try Migrations(
        Dictionary(uniqueKeysWithValues: names.enumerated().map { ("000\($0)_\($1).sql", Self.table($1)) }))
      let migrator = files.migrator
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await cluster.cells.main.connected(to: "wall_migrations") { connection in
              try await migrator.migrateSchema("hurried", connection)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await Self.applied(connection, "hurried").count == 3)
    }
  }
}
