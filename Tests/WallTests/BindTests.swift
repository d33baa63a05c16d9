import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Testing

@testable import bulkhead

@Suite("The bind", .serialized)
struct BindTests {
  @Test("a token is good for its tenant, its backend, its epoch, its minute and its key, and for nothing else")
  func tokens() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let other = try await system.tenant(.pooled, seeded: false)
      let raw = try await system.raw()
      defer { raw.close() }
      let good = system.bindToken(tenant, raw)
      let fields = good.split(separator: ".").map(String.init)
      func with(_ index: Int, _ text: String) -> String {
        var changed = fields
        changed[index] = text
        return changed.joined(separator: ".")
      }
      let lastDigit = good.hasSuffix("0") ? "1" : "0"
      let bad = [
        "an edited mac": String(good.dropLast()) + lastDigit,
        "another tenant's name": with(1, other.id.id.hex),
        "a tenant that is not": with(1, system.platform.ambient.makeID().hex),
        "a later expiry": with(3, "99999999999"),
        "a later epoch, edited": with(2, "2"),
        "an unknown key": with(0, "k2"),
        "upper-case digits": good.uppercased(),
        "a field too many": good + ".0",
        "a line after it": good + "\n",
        "no token": "",
        "another backend's": system.bindToken(tenant, raw, pid: raw.backendPID + 1),
        "a later epoch": system.bindToken(tenant, raw, epoch: 2),
        "an expired one": system.bindToken(tenant, raw, age: .seconds(120)),
        "another cell's key": system.bindToken(tenant, raw, cell: "elsewhere"),
      ]
      for (name, token) in bad.sorted(by: { $0.key < $1.key }) {
        #expect(await raw.refusal("BEGIN; SELECT bulkhead.bind('\(token)')") == "28000", "\(name)")
        #expect(try await raw.count("pooled.product") == 0, "\(name)")
      }
      #expect(await raw.refusal("SELECT bulkhead.bind(NULL)") == "28000")
      #expect(await raw.refusal("BEGIN; SELECT bulkhead.bind('\(good)')") == nil, "the control")
    }
  }

  @Test("a transaction is bound once and a savepoint does not change whom it serves")
  func once() async throws {
    try await TestSystem.run { system in
      let a = try await system.tenant(.pooled)
      let b = try await system.tenant(.pooled)
      let raw = try await system.raw()
      defer { raw.close() }
      let (bindA, bindB) = (
        "SELECT bulkhead.bind('\(system.bindToken(a, raw))')", "SELECT bulkhead.bind('\(system.bindToken(b, raw))')"
      )
      #expect(await raw.refusal("BEGIN; \(bindA); \(bindB)") == "28000")

      // RESET ALL is nobody's to forbid: it only unbinds.
      try await raw.sql("BEGIN; \(bindA); RESET ALL")
      #expect(try await raw.count("pooled.product") == 0)
      try await raw.sql("ROLLBACK")

      try await raw.sql("BEGIN; \(bindA); SAVEPOINT before")
      await #expect(throws: PostgresError.self) { try await raw.sql(bindB) }
      try await raw.sql("ROLLBACK TO before")
      #expect(try await raw.sql("SELECT bulkhead.tenant()").texts == ["\(a.id)"])
      try await raw.sql("COMMIT")

      try await raw.sql("BEGIN; SAVEPOINT before; \(bindA); ROLLBACK TO before")
      #expect(try await raw.count("pooled.product") == 0)
      try await raw.sql("ROLLBACK")

      // An implicit transaction ends with its round trip, and the binding with it.
      try await raw.sql(bindA)
      #expect(try await raw.count("pooled.product") == 0)
    }
  }

  @Test("no role binds a tenant that is reached under another role")
  func otherRole() async throws {
    try await TestSystem.run { system in
      let pooled = try await system.tenant(.pooled)
      let apart = try await system.tenant(.schema)
      let neighbour = try await system.tenant(.schema, seeded: false)
      let pool = try await system.raw()
      let own = try await system.raw(role: apart.record.placement.role)
      defer {
        pool.close()
        own.close()
      }
      for (connection, tenant) in [(pool, apart), (own, pooled), (own, neighbour)] {
        let token = system.bindToken(tenant, connection)
        #expect(await connection.refusal("SELECT bulkhead.bind('\(token)')") == "28000")
        // The names of tables are no secret, but the schemas of others are closed.
        #expect(await connection.refusal("SELECT id FROM \(tenant.record.placement.schema).product") == "42501")
      }
      try await own.sql("BEGIN; SELECT bulkhead.bind('\(system.bindToken(apart, own))')")
      #expect(try await own.count("\(apart.record.placement.schema).product") > 0, "the control")
    }
  }

  @Test("a schema of one tenant holds no other's row, whoever inserts it")
  func home() async throws {
    try await TestSystem.run { system in
      let apart = try await system.tenant(.schema)
      let table = "\(apart.record.placement.schema).consumed_event"
      await #expect(throws: PostgresError.self) {
        try await system.admin(
          "INSERT INTO \(table) (tenant_id, consumer, event_id) "
            + "VALUES (gen_random_uuid(), 'c', gen_random_uuid())")
      }
      try await system.admin(
        "INSERT INTO \(table) (tenant_id, consumer, event_id) VALUES ('\(apart.id)', 'c', gen_random_uuid())")
    }
  }

  @Test("each login role gets into its own databases only")
  func databases() async throws {
    try await TestSystem.run { system in
      let apart = try await system.tenant(.dedicated, seeded: false)
      let schema = try await system.tenant(.schema, seeded: false)
      let dedicated = apart.record.placement
      let doors: [(role: String, database: String)] = [
        (dedicated.role, Installation.cellDatabase), (dedicated.role, ControlDatabase.databaseName),
        (Installation.pooledRole, dedicated.database), (Installation.pooledRole, ControlDatabase.databaseName),
        (schema.record.placement.role, dedicated.database), (ControlDatabase.role, Installation.cellDatabase),
        (ControlDatabase.role, dedicated.database), ("bulkhead_relay", ControlDatabase.databaseName),
        ("bulkhead_keeper", ControlDatabase.databaseName), (Installation.pooledRole, "postgres"),
        (Installation.pooledRole, "template1"), (ControlDatabase.role, "postgres"),
      ]
      for door in doors {
        let answer = try await refusal { try await system.raw(role: door.role, database: door.database) }
        #expect(answer?.contains("permission denied for database") == true, "\(door): \(answer ?? "let in")")
      }
      let own = try await refusal { try await system.raw(role: dedicated.role, database: dedicated.database) }
      #expect(own == nil, "the control")
    }
  }

  @Test("the relay sees outboxes alone, marks them, and reads no payload in clear")
  func relay() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let order = try await system.post(
        "/v1/orders", tenant,
        [
          "customer": "CUST-001", "poNumber": "PO-SECRET-77",
          "lines": [["sku": "WIDGET-001", "quantity": 1]],
        ])
      #expect(order.status == 201, "\(order.text)")
      let relay = try await system.raw(role: "bulkhead_relay")
      defer { relay.close() }
      let tables = try await system.admin(
        "SELECT relname FROM pg_class WHERE relnamespace = 'pooled'::regnamespace AND relkind IN ('r', 'p')"
      ).texts
      for table in tables where table != "outbox" {
        #expect(await relay.refusal("SELECT 1 FROM pooled.\(table)") == "42501", "\(table)")
      }
      let envelopes = try await relay.sql("SELECT envelope FROM pooled.outbox WHERE tenant_id = '\(tenant.id)'")
      #expect(!envelopes.isEmpty, "nothing to read: \(order.text)")
      for row in envelopes {
        let text = String(decoding: try row.bytes(0), as: UTF8.self)
        for word in ["WIDGET", "CUST", "PO-SECRET", "quantity", tenant.slug] { #expect(!text.contains(word)) }
      }
      for refused in [
        "UPDATE pooled.outbox SET envelope = ''", "UPDATE pooled.outbox SET topic = 'x'",
        "INSERT INTO pooled.outbox (id) VALUES (gen_random_uuid())", "TRUNCATE pooled.outbox",
        "SELECT bulkhead.bind('\(system.bindToken(tenant, relay))')", "SELECT kid FROM bulkhead.bind_key",
        "SELECT * FROM bulkhead.placement",
      ] {
        #expect(await relay.refusal(refused) == "42501", "\(refused)")
      }
      // It removes what was dispatched long ago, and nothing else.
      #expect(await relay.refusal("DELETE FROM pooled.outbox WHERE tenant_id = '\(tenant.id)'") == "BH001")
      try await relay.sql("UPDATE pooled.outbox SET dispatched_at = '2000-01-01' WHERE tenant_id = '\(tenant.id)'")
      #expect(await relay.refusal("DELETE FROM pooled.outbox WHERE tenant_id = '\(tenant.id)'") == "BH001")
    }
  }

  @Test("the keeper can put bind keys in and not read them back")
  func keeper() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let keeper = try await system.raw(role: "bulkhead_keeper")
      defer { keeper.close() }
      #expect(try await keeper.sql("SELECT kid FROM bulkhead.bind_key").texts == ["k1"])
      for refused in [
        "SELECT inner_pad FROM bulkhead.bind_key", "SELECT outer_pad FROM bulkhead.bind_key",
        "UPDATE bulkhead.bind_key SET inner_pad = outer_pad", "SELECT 1 FROM pooled.product",
        "SELECT bulkhead.bind('\(system.bindToken(tenant, keeper))')", "SELECT 1 FROM bulkhead.placement",
      ] {
        #expect(await keeper.refusal(refused) == "42501", "\(refused)")
      }
    }
  }
}
