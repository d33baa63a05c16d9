import ArgumentParser
import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadReport

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "List, change and retire a tenant's signing keys.",
    discussion: """
      A key that leaked is retired: every token that it signed is refused by all servers within a second. When it is
      the one that signs, a new one takes its place, and tokens of services must be issued anew.

        bulkhead key list acme
        bulkhead key retire acme 0192e4c1-…
      """,
    subcommands: [List.self, Rotate.self, Retire.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the keys that are in use, oldest first.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The tenant's slug or id.") var tenant: String
    @Flag(help: "Print one JSON object a line instead of a table.") var json = false

    func run() async throws {
      try await explained {
        let system = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { system.close() }
        let record = try await system.tenant(named: tenant)
        var table = Table(["ID", "KID", "STATE", "CREATED", "NOT AFTER"])
        for key in try await system.ring.keys(of: record.id) {
          let id = key.id?.description ?? ""
          let end = key.notAfter?.description ?? ""
          if json {
            Console.result([
              "id": .string(id), "kid": .string(key.kid), "state": .string(key.state.rawValue),
              "createdAt": .instant(key.createdAt), "notAfter": key.notAfter.map { .instant($0) } ?? .null,
            ])
          }
          table.add([id, key.kid, key.state.rawValue, key.createdAt.description, end])
        }
        if !json { Console.result(table.text) }
      }
    }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a tenant a new key; the old one verifies until the last token that it signed ends.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The tenant's slug or id.") var tenant: String

    func run() async throws {
      try await explained {
        let system = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { system.close() }
        let scoped = try await system.operatorTenant(
          try await system.tenant(named: tenant), reason: "signing key rotated on the command line")
        let (key, intent) = try await system.signingKeys.rotate(by: scoped.context)
        try await scoped.transaction { transaction in try transaction.enqueue(intent, of: system.intents) }
        Console.result("\(key.id?.description ?? key.kid) signs from now on")
      }
    }
  }

  struct Retire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuse everything that a leaked key has signed, from now on and everywhere.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The tenant's slug or id.") var tenant: String
    @Argument(help: "The key's id, from `bulkhead key list`.") var key: String

    func run() async throws {
      try await explained {
        guard let id = EntityID(key) else {
          throw ValidationError("A key's id has 36 characters; see `bulkhead key list`.")
        }
        let system = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { system.close() }
        let scoped = try await system.operatorTenant(
          try await system.tenant(named: tenant), reason: "signing key retired on the command line")
        let intent = try await system.signingKeys.retire(id, by: scoped.context)
        try await scoped.transaction { transaction in try transaction.enqueue(intent, of: system.intents) }
        Console.result("\(id) is retired")
      }
    }
  }
}
