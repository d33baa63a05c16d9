import ArgumentParser
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import Logging

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring every database and every tenant's schema to the present state.",
    discussion: """
      Each file runs in a transaction of its own together with its record, so a run that was cut short goes on where it
      stopped. A file that breaks a schema rule (a key without tenant_id, a table without row security, …) is rolled
      back with every finding named.
      """)

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object instead of text.") var json = false

  func run() async throws {
    try await explained {
      let cluster = try Cluster.open(database, creates: false)
      let applied = Tally()
      try await cluster.install(database) { file in
        applied.add()
        if !json { Console.step(file) }
      }
      let platform = try await Platform.open(cluster, logger: Logs.quiet)
      defer { platform.close() }
      try await platform.furnish()
      let schemas = try await migrateTenants(platform, applied)
      if json {
        Console.result(["files": .int(applied.count), "schemas": .int(schemas)])
      } else {
        Console.result("\(applied.count) files applied; \(schemas) tenant schemas are up to date.")
      }
    }
  }

  /// Schemas of their own, one after the other; the pooled one is part of the installation.
  private func migrateTenants(_ platform: Platform, _ applied: Tally) async throws -> Int {
    let installation = platform.cluster.installation(database)
    let bar = ProgressLine("tenant schemas")
    var done = 0
    var after: TenantID?
    while true {
      let page = try await platform.registry.tenants(after: after, limit: 200)
      guard let last = page.last else { return done }
      for record in page where record.placement.tier != .pooled && record.status != .provisioning {
        let admin = try platform.cluster.cells.admin(of: record.placement.cell)
        if record.placement.tier == .dedicated {
          try await installation.installDatabase(record.placement.database, admin) { _ in applied.add() }
        }
        try await admin.connected(to: record.placement.database) { connection in
          try await installation.migrateSchema(record.placement.schema, connection) { _ in applied.add() }
        }
        done += 1
        if !json { bar.show(done, of: done, record.slug) }
      }
      after = last.id
    }
  }
}
