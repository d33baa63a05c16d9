import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres
import Testing

@testable import bulkhead

@Suite("A tenant's own SQL login", .serialized)
struct SQLLoginTests {
  private static func connect(
    _ system: TestSystem, _ login: SQLLogin, _ password: Secret<String>, database: String, options: String? = nil
  ) async throws -> PostgresConnection {
    let address = system.platform.cluster.cells.main.address
    var parameters = [
      ("host", address.host), ("port", String(address.port)), ("dbname", database), ("user", login.role),
      ("password", password.withValue { $0 }),
    ]
    if let options { parameters.append(("options", options)) }
    return try await PostgresConnection.connect(
      parameters, reactor: system.platform.cluster.reactor, deadline: .now + .seconds(10))
  }

  private static func make(
    _ system: TestSystem, _ tenant: TestTenant, writes: Bool = false
  ) async throws -> (login: SQLLogin, password: Secret<String>) {
    try await system.platform.sqlLogins(isAllowed: true).create(
      in: tenant.record, name: "reports", writes: writes, connectionsMax: 3, actor: system.platform.operatorActor)
  }

  /// Tables of a home that a login may read.
  private static let readable = """
    SELECT relname FROM pg_class WHERE relnamespace = '$schema$'::regnamespace AND relkind IN ('r', 'p')
      AND relname NOT IN ('outbox', 'consumed_event', 'idempotency_key') ORDER BY 1
    """

  @Test("it reads exactly its tenant's rows, in every table of every tier", arguments: Tier.allCases)
  func reads(tier: Tier) async throws {
    try await TestSystem.run { system in
      let own = try await system.tenant(tier)
      let other = try await system.tenant(tier)
      let neighbour = try await system.tenant(.schema)
      let placement = own.record.placement
      let (login, password) = try await Self.make(system, own)
      let session = try await Self.connect(system, login, password, database: placement.database)
      defer { session.close() }
      let tables = try await system.admin(
        Self.readable.replacing("$schema$", with: placement.schema), database: placement.database
      ).texts
      var filled = 0
      for table in tables {
        let wanted = try await system.admin(
          "SELECT count(*) FROM \(placement.schema).\(table) WHERE tenant_id = '\(own.id)'",
          database: placement.database)[0].int(0)
        if wanted > 0 { filled += 1 }
        #expect(try await session.count(table) == wanted, "\(table)")
      }
      #expect(filled > 8 && tables.count > 20)
      for table in ["outbox", "consumed_event", "idempotency_key"] {
        #expect(await session.refusal("SELECT count(*) FROM \(table)") == "42501", "\(table)")
      }
      for stranger in [other, neighbour] where stranger.record.placement.schema != placement.schema {
        let table = "\(stranger.record.placement.schema).product"
        let answer = await session.refusal("SELECT count(*) FROM \(table)")
        #expect(answer == "42501" || answer == "42P01", "\(table): \(answer ?? "let in")")
      }
      // Off, so that rights decide and not the mode.
      try await session.sql("SET default_transaction_read_only = off")
      for trick in Tricks.everywhere {
        #expect(await session.refusal(trick) == "42501", "\(trick)")
      }
      for database in [
        Installation.cellDatabase, ControlDatabase.databaseName, other.record.placement.database, "postgres",
        "template1",
      ] where database != placement.database {
        let answer = try await refusal { try await Self.connect(system, login, password, database: database) }
        #expect(answer?.contains("permission denied for database") == true, "\(database): \(answer ?? "let in")")
      }
    }
  }

  @Test("nothing it may say changes whom it is bound to", arguments: Tier.allCases)
  func rebinding(tier: Tier) async throws {
    try await TestSystem.run { system in
      let own = try await system.tenant(tier)
      let victim = try await system.tenant(tier)
      let placement = own.record.placement
      let (login, password) = try await Self.make(system, own)
      let session = try await Self.connect(system, login, password, database: placement.database)
      defer { session.close() }
      let count = try await session.count("product")
      #expect(count > 0)
      let carrier = "t" + victim.id.id.hex
      try await session.sql("SET default_transaction_read_only = off")
      for refused in [
        "SET backtrace_functions = '\(carrier)'", "SET LOCAL backtrace_functions = '\(carrier)'",
        "RESET backtrace_functions", "ALTER ROLE \(login.role) SET backtrace_functions = '\(carrier)'",
        "ALTER ROLE \(login.role) IN DATABASE \(placement.database) SET backtrace_functions = '\(carrier)'",
        "SELECT set_config('backtrace_functions', '\(carrier)', false)", "SET ROLE bulkhead_owner",
        "SET ROLE \(placement.role)", "SET SESSION AUTHORIZATION \(placement.role)", "SET ROLE bulkhead_pool",
        "SELECT bulkhead.bind('\(system.bindToken(victim, session))')", "SELECT * FROM bulkhead.placement",
        "SELECT kid FROM bulkhead.bind_key", "ALTER ROLE \(login.role) BYPASSRLS",
      ] {
        let state = await session.refusal(refused)
        #expect(state == "42501", "\(refused): \(state ?? "done")")
        #expect(try await session.count("product") == count, "\(refused)")
      }
      for harmless in [
        "RESET ALL", "DISCARD ALL", "ALTER ROLE \(login.role) RESET ALL", "SET ROLE NONE", "RESET ROLE",
        "SET SESSION AUTHORIZATION DEFAULT", "SET search_path = pg_temp", "SET row_security = off",
      ] {
        _ = await session.refusal(harmless)
        let table = "\(placement.schema).product"
        // `row_security = off` turns what would be filtered into an error.
        let seen = try? await session.count(table)
        #expect(seen == count || seen == nil, "\(harmless)")
        #expect(try await session.sql("SELECT bulkhead.tenant()").texts == ["\(own.id)"], "\(harmless)")
      }
      // ALTER ROLE … RESET ALL spares what only an administrator may set: a new session is bound as before.
      let again = try await Self.connect(system, login, password, database: placement.database)
      defer { again.close() }
      #expect(try await again.count("\(placement.schema).product") == count)
      #expect(try await again.sql("SHOW log_parameter_max_length").texts == ["0"])
      let forged = try await refusal {
        try await Self.connect(
          system, login, password, database: placement.database, options: "-c backtrace_functions=\(carrier)")
      }
      #expect(forged?.contains("permission denied") == true, "\(forged ?? "let in")")
    }
  }

  @Test("it writes nothing unless it was made to, and then for its tenant alone", arguments: Tier.allCases)
  func writes(tier: Tier) async throws {
    try await TestSystem.run { system in
      let own = try await system.tenant(tier)
      let victim = try await system.tenant(tier)
      let placement = own.record.placement
      for writes in [false, true] {
        let (login, password) = try await Self.make(system, own, writes: writes)
        let session = try await Self.connect(system, login, password, database: placement.database)
        #expect(
          try await session.sql("SHOW default_transaction_read_only").texts == [writes ? "off" : "on"])
        try await session.sql("SET default_transaction_read_only = off")
        let update = await session.refusal("UPDATE product SET name = name")
        #expect(update == (writes ? nil : "42501"))
        for refused in [
          "INSERT INTO product (id) VALUES (gen_random_uuid())", "DELETE FROM product", "TRUNCATE product",
          "UPDATE product SET tenant_id = '\(victim.id)'", "LOCK TABLE product IN ACCESS EXCLUSIVE MODE",
          "INSERT INTO audit_entry (occurred_at, actor, act, subject, detail) VALUES (now(), 'a', 'b', 'c', '{}')",
          "UPDATE audit_entry SET act = 'x'", "CREATE TABLE mine (id int)",
        ] where !(writes && refused.hasPrefix("INSERT INTO product")) {
          let state = await session.refusal(refused)
          #expect(state == "42501" || (refused.hasPrefix("LOCK") && state != nil), "\(refused): \(state ?? "done")")
        }
        session.close()
        _ = try await system.platform.sqlLogins(isAllowed: true).remove("reports", from: own.record)
      }
    }
  }

  @Test("with its role's setting taken away it sees no row")
  func unbound() async throws {
    try await TestSystem.run { system in
      let own = try await system.tenant(.pooled)
      let (login, password) = try await Self.make(system, own)
      try await system.admin("ALTER ROLE \(login.role) RESET backtrace_functions")
      let session = try await Self.connect(system, login, password, database: Installation.cellDatabase)
      defer { session.close() }
      #expect(try await session.count("product") == 0)
      #expect(try await session.sql("SELECT bulkhead.tenant()").texts == ["NULL"])
    }
  }

  @Test("it is listed, limited in sessions, and gone with its sessions when removed or when the tenant leaves")
  func life() async throws {
    try await TestSystem.run { system in
      let own = try await system.tenant(.schema)
      let other = try await system.tenant(.schema, seeded: false)
      let logins = system.platform.sqlLogins(isAllowed: true)
      let (login, password) = try await Self.make(system, own)
      #expect(try await logins.logins(in: own.id).map(\.role) == [login.role])
      #expect(try await logins.logins(in: other.id).isEmpty)
      for word in [own.slug, "reports", own.id.id.hex] { #expect(!login.role.contains(word)) }
      let twice = await #expect(throws: Refusal.self) { _ = try await Self.make(system, own) }
      #expect(twice?.code == .sqlLoginExists)
      let refused = await #expect(throws: Refusal.self) {
        _ = try await system.platform.sqlLogins(isAllowed: false).create(
          in: own.record, name: "more", actor: system.platform.operatorActor)
      }
      #expect(refused?.code == .sqlLoginNotAllowed)
      var sessions: [PostgresConnection] = []
      for _ in 0..<3 {
        sessions.append(try await Self.connect(system, login, password, database: Installation.cellDatabase))
      }
      let fourth = try await refusal {
        try await Self.connect(system, login, password, database: Installation.cellDatabase)
      }
      #expect(fourth?.contains("too many connections") == true)
      let foreign = await #expect(throws: Refusal.self) { _ = try await logins.remove("reports", from: other.record) }
      #expect(foreign?.code == .notFound)
      try await logins.removeAll(from: own.record)
      #expect(try await logins.logins(in: own.id).isEmpty)
      for session in sessions { #expect(await session.refusal("SELECT 1") != nil) }
      let gone = try await refusal {
        try await Self.connect(system, login, password, database: Installation.cellDatabase)
      }
      #expect(gone != nil)
      #expect(try await system.admin("SELECT 1 FROM pg_roles WHERE rolname = '\(login.role)'").isEmpty)
    }
  }

  @Test("a migration's new table is readable to the logins of its home, and to no other's")
  func migrated() async throws {
    try await TestSystem.run { system in
      let own = try await system.tenant(.schema)
      let (login, password) = try await Self.make(system, own)
      let schema = own.record.placement.schema
      try await system.admin(
        """
        SET ROLE bulkhead_owner; SET search_path = \(schema);
        CREATE TABLE later (tenant_id uuid NOT NULL DEFAULT bulkhead.tenant(), id uuid, PRIMARY KEY (tenant_id, id));
        SELECT bulkhead.protect('later'); RESET ROLE;
        """)
      let session = try await Self.connect(system, login, password, database: Installation.cellDatabase)
      defer { session.close() }
      #expect(await session.refusal("SELECT count(*) FROM later") == "42501")
      let cluster = system.platform.cluster
      try await cluster.cells.main.connected(to: Installation.cellDatabase) { connection in
        try await cluster.migrations.migrateSchema(schema, connection)
      }
      #expect(try await session.count("later") == 0)
      try await system.admin("DROP TABLE \(schema).later")
    }
  }
}
