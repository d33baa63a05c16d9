import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Foundation
import Testing

@testable import bulkhead

@Suite("Upkeep", .serialized)
struct UpkeepTests {
  /// Rows of each kind of one tenant: old ones and one of today.
  private static func plant(_ system: TestSystem, _ tenant: TestTenant, old: Int) async throws {
    let placement = tenant.record.placement
    try await system.admin(
      """
      INSERT INTO \(placement.schema).idempotency_key
        (tenant_id, actor, key, fingerprint, status, body, created_at)
      SELECT '\(tenant.id)', 'actor', 'k' || n, decode(repeat('00', 32), 'hex'), 200, '',
             now() - CASE WHEN n = 0 THEN interval '6 days' ELSE interval '8 days' END
        FROM generate_series(0, \(old)) AS n;
      INSERT INTO \(placement.schema).consumed_event (tenant_id, consumer, event_id, consumed_at)
      SELECT '\(tenant.id)', 'old', gen_random_uuid(),
             now() - CASE WHEN n = 0 THEN interval '89 days' ELSE interval '91 days' END
        FROM generate_series(0, \(old)) AS n;
      INSERT INTO \(placement.schema).outbox (tenant_id, id, topic, key, envelope, created_at, dispatched_at)
      SELECT '\(tenant.id)', gen_random_uuid(), 'old.' || n, 'k', 'e', now() - interval '40 days',
             CASE WHEN n = 0 THEN NULL ELSE now() - interval '31 days' END
        FROM generate_series(0, \(old)) AS n;
      """, database: placement.database)
  }

  private static func left(_ system: TestSystem, _ tenant: TestTenant) async throws -> [String] {
    let placement = tenant.record.placement
    return try await system.admin(
      """
      SELECT count(*) FROM \(placement.schema).idempotency_key WHERE tenant_id = '\(tenant.id)' AND actor = 'actor'
      UNION ALL
      SELECT count(*) FROM \(placement.schema).consumed_event WHERE tenant_id = '\(tenant.id)' AND consumer = 'old'
      UNION ALL
      SELECT count(*) FROM \(placement.schema).outbox WHERE tenant_id = '\(tenant.id)' AND topic LIKE 'old.%'
      """, database: placement.database
    ).texts
  }

  @Test("what is too old goes, in bounded batches, of every tenant in every tier; what is younger or still waits stays")
  func sweep() async throws {
    try await TestSystem.run { system in
      var tenants: [TestTenant] = []
      for tier in Tier.allCases + [.pooled] { tenants.append(try await system.tenant(tier, seeded: false)) }
      for tenant in tenants { try await Self.plant(system, tenant, old: 12) }
      var limits = RetentionLimits()
      limits.batchRows = 5
      limits.batchesMax = 2
      let first = try await system.platform.retention(limits).sweep()
      #expect(first.faults == 0 && first.answers == 40 && first.consumedEvents == 40)
      for tenant in tenants {
        let left = try await Self.left(system, tenant)
        #expect(left[0] == "3" && left[1] == "3", "two batches of five of twelve: \(left)")
      }
      limits.batchesMax = 20
      _ = try await system.platform.retention(limits).sweep()
      for tenant in tenants { #expect(try await Self.left(system, tenant) == ["1", "1", "1"]) }
      let again = try await system.platform.retention(limits).sweep()
      #expect(again == RetentionFigures(), "\(again)")
    }
  }

  @Test("a revocation goes when no credential that it concerns can be alive")
  func revocations() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled, seeded: false)
      func count() async throws -> [String] {
        try await system.admin(
          "SELECT kind || ':' || count(*) FROM control.revocation WHERE tenant_id = '\(tenant.id)' GROUP BY kind ORDER BY 1",
          database: ControlDatabase.databaseName
        ).texts
      }
      try await system.admin(
        """
        INSERT INTO control.revocation (tenant_id, kind, subject_id, until) VALUES
          ('\(tenant.id)', 'credential', gen_random_uuid(), now() - interval '2 days'),
          ('\(tenant.id)', 'credential', gen_random_uuid(), now() + interval '1 hour'),
          ('\(tenant.id)', 'subject', gen_random_uuid(), now() - interval '2 days'),
          ('\(tenant.id)', 'subject', gen_random_uuid(), now() - interval '402 days'),
          ('\(tenant.id)', 'tenant', NULL, now() - interval '402 days')
        """, database: ControlDatabase.databaseName)
      #expect(try await count() == ["credential:2", "subject:2", "tenant:1"])
      _ = try await system.platform.retention().sweep()
      #expect(try await count() == ["credential:1", "subject:1"])
    }
  }
}

@Suite("Races of starting and asking", .serialized)
struct StartRaceTests {
  @Test("of many processes that make the platform's first key at once, one does")
  func firstKey() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled, seeded: false)
      try await system.admin(
        "DELETE FROM control.signing_key WHERE tenant_id = '\(tenant.id)'", database: ControlDatabase.databaseName)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let platform = try await Platform.open(system.platform.cluster, logger: .test)
            defer { platform.close() }
            try await platform.identity.ensureSigningKey(of: tenant.id)
          }
        }
        try await group.waitForAll()
      }
      let keys = try await system.admin(
        "SELECT count(*) FROM control.signing_key WHERE tenant_id = '\(tenant.id)'",
        database: ControlDatabase.databaseName)
      #expect(keys.texts == ["1"])
    }
  }

  @Test("private servers that start at the same time take different ports")
  func ports() async throws {
    let base = TestCluster.shared.folder.path
    let folders = (0..<3).map { URL(fileURLWithPath: "\(base)-port-\($0)") }
    defer { for folder in folders { try? PrivateCluster(folder: folder).destroy() } }
    let ports = try await withThrowingTaskGroup(of: String.self) { group in
      for folder in folders {
        group.addTask {
          let conninfo = try PrivateCluster(folder: folder).start(password: "secret")
          return conninfo.split(separator: " ").first { $0.hasPrefix("port=") }.map(String.init) ?? ""
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ports.count == 3, "\(ports)")
  }
}
