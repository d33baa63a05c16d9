import BulkheadCore
import BulkheadData
import Testing

@testable import BulkheadAudit

@Suite("The audit trail in PostgreSQL")
struct PostgresAuditTests {
  let mine = TenantID(EntityID(high: 0x7000, low: 0x8000_0000_0000_0001))
  let theirs = TenantID(EntityID(high: 0x7000, low: 0x8000_0000_0000_0002))
  let trail = AuditTrail(ambient: Ambient())
  let verifier = AuditVerifier(pageEntriesMax: 7)

  func record(_ count: Int, _ tenant: Tenant) async throws {
    for number in 0..<count {
      try await tenant.transaction { transaction in
        try transaction.enqueue(
          trail.query(
            "order.placed", subject: "order:\(number)", detail: ["number": .int(number), "text": "ä \"quoted\" \\ /"],
            context: tenant.context))
      }
    }
  }

  func found(_ database: TestDatabase, after sql: String) async throws -> AuditBreak? {
    try await database.tamper(sql)
    return try await verifier.verify(TenantAuditPages(database.tenant(mine))).firstBreak
  }

  @Test("what the trail wrote verifies, for two tenants with the same acts")
  func whole() async throws {
    let database = try await TestDatabase(.cell)
    try await record(10, database.tenant(mine))
    try await record(3, database.tenant(theirs))
    let first = try await verifier.verify(TenantAuditPages(database.tenant(mine)))
    let second = try await verifier.verify(TenantAuditPages(database.tenant(theirs)))
    #expect(first.firstBreak == nil)
    #expect(first.verified == 10)
    #expect(second.firstBreak == nil)
    #expect(second.verified == 3)
  }

  @Test("changed, removed, exchanged, planted and cut off entries are found")
  func tampered() async throws {
    let attacks: [(sql: String, found: AuditBreak)] = [
      ("UPDATE pooled.audit_entry SET actor = 'user:2' WHERE seq = 4", AuditBreak(seq: 4, reason: .altered)),
      (
        "UPDATE pooled.audit_entry SET occurred_at = occurred_at + interval '1 microsecond' WHERE seq = 8",
        AuditBreak(seq: 8, reason: .altered)
      ),
      ("UPDATE pooled.audit_entry SET detail = '{}' WHERE seq = 9", AuditBreak(seq: 9, reason: .altered)),
      ("DELETE FROM pooled.audit_entry WHERE seq = 4", AuditBreak(seq: 4, reason: .gap)),
      ("DELETE FROM pooled.audit_entry WHERE seq > 8", AuditBreak(seq: 9, reason: .truncated)),
      ("DELETE FROM pooled.audit_entry", AuditBreak(seq: 1, reason: .truncated)),
      ("DELETE FROM pooled.audit_head", AuditBreak(seq: 10, reason: .headMissing)),
      ("UPDATE pooled.audit_head SET seq = 9", AuditBreak(seq: 10, reason: .beyondHead)),
      ("UPDATE pooled.audit_head SET hash = sha256('x')", AuditBreak(seq: 10, reason: .headMismatch)),
      (
        """
        UPDATE pooled.audit_entry SET seq = 100 WHERE seq = 4; UPDATE pooled.audit_entry SET seq = 4 WHERE seq = 5;
        UPDATE pooled.audit_entry SET seq = 5 WHERE seq = 100
        """, AuditBreak(seq: 4, reason: .altered)
      ),
      (
        """
        INSERT INTO pooled.audit_entry SELECT tenant_id, 11, occurred_at, actor, act, subject, detail, credential,
          prev_hash, hash FROM pooled.audit_entry WHERE seq = 10
        """, AuditBreak(seq: 11, reason: .altered)
      ),
    ]
    for attack in attacks {
      let database = try await TestDatabase(.cell)
      try await record(10, database.tenant(mine))
      #expect(try await found(database, after: attack.sql) == attack.found, "\(attack.sql)")
    }
  }

  @Test("the application can add entries, and neither number, forge, change, remove nor see another tenant's")
  func refusals() async throws {
    let database = try await TestDatabase(.cell)
    try await record(2, database.tenant(mine))
    let forged: [Statement] = [
      Statement(
        """
        INSERT INTO audit_entry (seq, occurred_at, actor, act, subject, detail)
        VALUES (9, now(), 'user:1', 'a', 'b', '{}')
        """),
      Statement(
        """
        INSERT INTO audit_entry (hash, occurred_at, actor, act, subject, detail)
        VALUES (sha256('x'), now(), 'user:1', 'a', 'b', '{}')
        """),
      Statement("INSERT INTO audit_head (seq, hash) VALUES (9, sha256('x'))"),
      Statement("UPDATE audit_head SET seq = 9"),
      Statement("UPDATE audit_entry SET actor = 'user:2'"),
      Statement("DELETE FROM audit_entry"),
      Statement("TRUNCATE audit_entry"),
    ]
    for statement in forged {
      let error = await #expect(throws: DataError.self) {
        try await database.tenant(mine).transaction { _ = try await $0.run(statement) }
      }
      #expect(error?.kind == .denied, "\(statement.text)")
    }
    let seen = try await database.tenant(theirs).read(Query(Statement("SELECT count(*) FROM audit_entry")))
    #expect(try seen[0][0].int(0) == 0)
    #expect(try await verifier.verify(TenantAuditPages(database.tenant(mine))).firstBreak == nil)
  }

  @Test("with the grants taken away as a wall, the triggers still stop the owner of the tables")
  func owner() async throws {
    let database = try await TestDatabase(.cell)
    try await record(2, database.tenant(mine))
    let attacks = [
      "UPDATE audit_entry SET actor = 'user:2'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
      "INSERT INTO audit_head (seq, hash) VALUES (9, sha256('x'))", "UPDATE audit_head SET seq = 9",
      "DELETE FROM audit_head", "TRUNCATE audit_head",
    ]
    for attack in attacks {
      let connection = try await database.connect(role: "postgres")
      defer { connection.close() }
      let error = await #expect(throws: (any Error).self) {
        try await connection.simple(
          """
          BEGIN; SET LOCAL search_path = pooled; SET LOCAL backtrace_functions = 't\(mine.id.hex)';
          SET LOCAL ROLE bulkhead_owner; \(attack); COMMIT
          """, deadline: nil)
      }
      #expect("\(String(reflecting: error))".contains("audit_append_only"), "\(attack)")
    }
  }

  @Test("the chain does not fork when eight writers begin it at once")
  func concurrency() async throws {
    let database = try await TestDatabase(.cell)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { try await record(12, database.tenant(mine)) } }
      try await group.waitForAll()
    }
    let verdict = try await verifier.verify(TenantAuditPages(database.tenant(mine)))
    #expect(verdict.firstBreak == nil)
    #expect(verdict.verified == 96)
  }

  @Test("an entry of a transaction that was rolled back leaves no trace")
  func rollback() async throws {
    let database = try await TestDatabase(.cell)
    let tenant = database.tenant(mine)
    try await record(1, tenant)
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      try await tenant.transaction { transaction in
        _ = try await transaction.run(trail.query("a.b", subject: "c", detail: [:], context: tenant.context))
        throw Stop()
      }
    }
    try await record(1, tenant)
    let verdict = try await verifier.verify(TenantAuditPages(tenant))
    #expect(verdict.firstBreak == nil)
    #expect(verdict.verified == 2)
  }

  @Test("the platform's chain verifies, finds a change, and its user may only add")
  func platform() async throws {
    let database = try await TestDatabase(.control)
    let control = database.queries(role: "bulkhead_control")
    let platform = PlatformAuditTrail(control: control, ambient: Ambient())
    let actor = Actor(kind: .operator, id: EntityID(high: 1, low: 2))
    for number in 0..<5 {
      try await platform.record(.tenantCreated, subject: "tenant:\(number)", detail: ["tier": "pooled"], actor: actor)
    }
    let whole = try await verifier.verify(PlatformAuditPages(control: control))
    #expect(whole.firstBreak == nil)
    #expect(whole.verified == 5)
    for attack in ["UPDATE control.audit_entry SET act = 'x'", "UPDATE control.audit_head SET seq = 1"] {
      let error = await #expect(throws: DataError.self) { try await control.run(attack, []) }
      #expect(error?.kind == .denied)
    }
    try await database.tamper("UPDATE control.audit_entry SET subject = 'tenant:9' WHERE seq = 3")
    #expect(
      try await verifier.verify(PlatformAuditPages(control: control)).firstBreak
        == AuditBreak(seq: 3, reason: .altered))
  }
}
