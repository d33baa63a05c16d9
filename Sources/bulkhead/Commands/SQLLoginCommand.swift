import ArgumentParser
import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadReport

/// `bulkhead tenant login`.
struct SQLLoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Give a tenant a PostgreSQL login of its own, for reports and tools.",
    discussion: """
      PostgreSQL binds the login to its tenant as it logs in: it reads that tenant's rows and no others, in every tier,
      and can change neither that nor, unless made with --writes, any row.

      What PostgreSQL cannot take from any login, and so stays possible until the SQL gateway stands before it: it can
      lift its own time limits and change its own password (ALTER ROLE), see the planner's estimates over all tenants'
      rows (EXPLAIN), LISTEN and PREPARE, and keep the server busy for its neighbours. So logins are refused unless
      --allow-sql-logins says that this is accepted; a tenant in a database or cluster of its own risks least.

        bulkhead tenant login create acme reports --allow-sql-logins
        bulkhead tenant login list acme
        bulkhead tenant login remove acme reports
      """,
    subcommands: [Create.self, List.self, Remove.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a login; its password is shown this once.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The tenant's slug or id.") var tenant: String
    @Argument(help: "What the tenant calls the login: 1 to 100 characters.") var name: String
    @Flag(help: "May write what the application may write, outside the audit trail.") var writes = false
    @Option(help: "Sessions at a time, 1 to 100.") var connections = SQLLogins.connectionsDefault
    @Flag(name: .customLong("allow-sql-logins"), help: "Accept what a session of its own can do to neighbours.")
    var isAllowed = false
    @Flag(help: "Print a JSON object instead of text.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        let record = try await platform.tenant(named: tenant)
        let logins = platform.sqlLogins(isAllowed: isAllowed)
        let scoped = try await platform.operatorTenant(record, reason: "SQL login \(name)")
        let (login, password) = try await logins.create(
          in: record, name: name, writes: writes, connectionsMax: connections, actor: platform.operatorActor)
        try await platform.record("sqlLogin.created", login, in: scoped)
        let address = try platform.cluster.cells.admin(of: record.placement.cell).address
        let members: [JSON.Member] = [
          JSON.Member("host", .string(address.host)), JSON.Member("port", .int(address.port)),
          JSON.Member("database", .string(record.placement.database)), JSON.Member("user", .string(login.role)),
          JSON.Member("password", .string(password.withValue { $0 })),
          JSON.Member("schema", .string(record.placement.schema)), JSON.Member("writes", .bool(login.writes)),
        ]
        if json { return Console.result(JSON.object(members)) }
        var table = Table(["FIELD", "VALUE"])
        for member in members { table.add([member.name, member.value.string ?? member.value.text]) }
        Console.result(table.text)
        Console.step("the password is kept nowhere and is not shown again")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a tenant's logins.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The tenant's slug or id.") var tenant: String
    @Flag(help: "Print one JSON object a line instead of a table.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        let record = try await platform.tenant(named: tenant)
        var table = Table(["NAME", "ROLE", "WRITES", "SESSIONS", "CREATED"], [.left, .left, .left, .right, .left])
        for login in try await platform.sqlLogins(isAllowed: false).logins(in: record.id) {
          if json {
            Console.result([
              "name": .string(login.name), "role": .string(login.role), "writes": .bool(login.writes),
              "connections": .int(login.connectionsMax), "createdAt": .instant(login.createdAt),
            ])
          }
          table.add([
            login.name, login.role, login.writes ? "yes" : "no", String(login.connectionsMax),
            JSON.instant(login.createdAt).string ?? "",
          ])
        }
        if !json { Console.result(table.text) }
      }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a login's sessions and remove it.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The tenant's slug or id.") var tenant: String
    @Argument(help: "The login's name.") var name: String
    @Flag(help: "Print a JSON object instead of text.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        let record = try await platform.tenant(named: tenant)
        let scoped = try await platform.operatorTenant(record, reason: "SQL login \(name)")
        let login = try await platform.sqlLogins(isAllowed: false).remove(name, from: record)
        try await platform.record("sqlLogin.removed", login, in: scoped)
        Console.result(
          json
            ? JSON.object([JSON.Member("removed", .string(login.name)), JSON.Member("role", .string(login.role))]).text
            : "removed \(login.name) (\(login.role))")
      }
    }
  }
}

extension Platform {
  func sqlLogins(isAllowed: Bool) -> SQLLogins {
    SQLLogins(control: control, cells: cluster.cells, ambient: ambient, isAllowed: isAllowed)
  }

  /// Tells the tenant's own audit trail what became of a login.
  func record(_ act: AuditAct, _ login: SQLLogin, in tenant: Tenant) async throws {
    let entry = AuditTrail(ambient: ambient).query(
      act, subject: "sqlLogin:\(login.id)",
      detail: ["name": .string(login.name), "role": .string(login.role), "writes": .bool(login.writes)],
      context: tenant.context)
    try await tenant.transaction { transaction in try transaction.enqueue(entry) }
  }
}
