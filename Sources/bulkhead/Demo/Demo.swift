import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadReport
import Distribution
import Synchronization

/// The demonstration tree: one tenant in each tier, with business ids that collide on purpose.
enum Demo {
  struct Entry: Sendable {
    let record: TenantRecord
    let token: String
  }

  /// Tenants made before the server runs and shown when it does.
  final class Shelf: Sendable {
    private let entries = Mutex<[Entry]>([])
    var all: [Entry] { entries.withLock { $0 } }
    func set(_ all: [Entry]) { entries.withLock { $0 = all } }
  }

  private static let tenants: [(slug: String, name: String, tier: Tier)] = [
    ("harbor-supply", "Harbor Supply", .pooled), ("summit-foods", "Summit Foods", .schema),
    ("delta-parts", "Delta Parts", .dedicated),
  ]
  private static let parent = "demo-oem/demo-partner"
  /// Life of the tokens that are shown.
  private static let tokenLifetime: Duration = .seconds(86_400)

  static func prepare(_ application: Application, options: DatabaseOptions) async throws -> [Entry] {
    let platform = application.platform
    try await platform.ensureParents(parent)
    let provisioner = platform.provisioner(options)
    var entries: [Entry] = []
    for (slug, name, tier) in tenants {
      let record = try await provisioner.create(
        TenantRequest(slug: slug, name: name, tier: tier, parentPath: parent), actor: platform.operatorActor
      ) { Console.step($0) }
      let tenant = try await platform.operatorTenant(record, reason: "demonstration data")
      try await DemoCompany.seed(in: tenant, application.modules.services)
      entries.append(Entry(record: record, token: try await token(platform, tenant)))
    }
    return entries
  }

  /// A token on record, so that the tenant finds it in its list and can revoke it.
  private static func token(_ platform: Platform, _ tenant: Tenant) async throws -> String {
    let permissions = platform.roles.permissions(of: [DistributionRoles.admin])
    let draft = try await platform.serviceTokens.draft(
      by: tenant.context, name: "demonstration", permissions: permissions, granted: permissions,
      lifetime: tokenLifetime)
    try await platform.serviceTokens.record(draft)
    try await tenant.transaction { transaction in try transaction.enqueue(draft.intent, of: platform.intents) }
    return draft.token.text.withValue { $0 }
  }

  static func json(_ url: String, _ entries: [Entry]) -> JSON {
    [
      "url": .string(url),
      "tenants": .array(
        entries.map { entry in
          [
            "slug": .string(entry.record.slug), "id": .id(entry.record.id.id),
            "tier": .string(entry.record.placement.tier.rawValue), "token": .string(entry.token),
          ]
        }),
    ]
  }

  static func welcome(_ url: String, _ entries: [Entry]) -> String {
    var table = Table(["TENANT", "TIER", "ID"])
    for entry in entries {
      table.add([entry.record.slug, entry.record.placement.tier.rawValue, entry.record.id.description])
    }
    let tokens = entries.map { "export \(variable($0.record.slug))='\($0.token)'" }
    guard let first = entries.first, let second = entries.dropFirst().first else { return "serving \(url)" }
    let bearer = "-H \"Authorization: Bearer $\(variable(first.record.slug))\""
    return """

      Bulkhead serves \(url)   (OpenAPI: \(url)/openapi.json)

      \(table.text)

      Tokens, good for a day:
      \(tokens.joined(separator: "\n"))

      Try:
      curl -s \(url)/v1/stock \(bearer)
      curl -s \(url)/v1/orders \(bearer) -H 'Content-Type: application/json' \\
        -d '\(DemoCompany.orderExample)'
      curl -s \(url)/v1/orders \(bearer) -H 'X-Tenant-ID: \(second.record.slug)'

      Ctrl-C stops everything; `bulkhead down --destroy` removes it.
      """
  }

  private static func variable(_ slug: String) -> String {
    slug.uppercased().split(separator: "-").joined(separator: "_")
  }
}
