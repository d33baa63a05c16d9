import ArgumentParser
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadReport

struct TenantCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenant", abstract: "Create, list and show tenants; give them SQL logins.",
    subcommands: [Create.self, List.self, Show.self, SQLLoginCommand.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create a tenant with everything it needs; doing it again changes nothing.",
      discussion: """
        Makes the org node, the placement, the role, the schema or database of the tier with all tables, the signing
        key, the policy and the audit chain.

          bulkhead tenant create acme --name "Acme Supply" --tier schema
          bulkhead tenant create north-1 --name "North One" --parent acme-oem/north
        """)

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "Slug: 1 to 63 lower-case letters, digits and inner hyphens.") var slug: String
    @Option(help: "The name people see.") var name: String
    @Option(help: "pooled, schema or dedicated.") var tier: String = "pooled"
    @Option(help: "Path of slugs below the platform; the OEM and partner are made when missing.") var parent = ""
    @Option(name: .customLong("policy"), help: "Policy template.") var policyTemplate = "standard"
    @Flag(help: "Print a JSON object instead of text.") var json = false

    func run() async throws {
      guard let tier = Tier(rawValue: tier) else {
        throw ValidationError("A tier is one of: \(Tier.allCases.map(\.rawValue).joined(separator: ", ")).")
      }
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        try await platform.ensureParents(parent)
        let record = try await platform.provisioner(database).create(
          TenantRequest(slug: slug, name: name, tier: tier, parentPath: parent, policyTemplate: policyTemplate),
          actor: platform.operatorActor
        ) { if !json { Console.step($0) } }
        show(record, json: json)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the tenants with their tiers and places.")

    @OptionGroup var database: DatabaseOptions
    @Flag(help: "Print one JSON object a line instead of a table.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        var table = Table(["SLUG", "NAME", "TIER", "CELL", "STATUS", "ID"])
        var after: TenantID?
        while true {
          let page = try await platform.registry.tenants(after: after, limit: 200)
          guard let last = page.last else { break }
          for record in page {
            if json { Console.result(record.json) }
            table.add([
              record.slug, record.name, record.placement.tier.rawValue, record.placement.cell, record.status.rawValue,
              record.id.description,
            ])
          }
          after = last.id
        }
        if !json { Console.result(table.text) }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one tenant.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "Slug or id.") var tenant: String
    @Flag(help: "Print a JSON object instead of text.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        show(try await platform.tenant(named: tenant), json: json)
      }
    }
  }

  private static func show(_ record: TenantRecord, json: Bool) {
    if json { return Console.result(record.json) }
    var table = Table(["FIELD", "VALUE"])
    for member in record.json.members ?? [] {
      table.add([member.name, member.value.string ?? member.value.text])
    }
    Console.result(table.text)
  }
}
