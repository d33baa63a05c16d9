import ArgumentParser
import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadReport
import Distribution

/// Which tenants a check covers.
struct TenantSelection: ParsableArguments {
  @Argument(help: "Slugs or ids; all tenants when none is given.") var tenants: [String] = []

  func records(_ platform: Platform) async throws -> [TenantRecord] {
    if !tenants.isEmpty {
      var records: [TenantRecord] = []
      for name in tenants { records.append(try await platform.tenant(named: name)) }
      return records
    }
    var records: [TenantRecord] = []
    while true {
      let page = try await platform.registry.tenants(after: records.last?.id, limit: 200)
      if page.isEmpty { return records.filter { $0.status != .provisioning } }
      records += page
    }
  }
}

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the books of tenants: balances, reservations, layers, order lines.",
    discussion: """
      Each invariant is one SQL statement that finds what breaks it, run as that tenant and nobody else. Exit status 0
      when all hold, 2 when something does not: fit for cron.

      --repair writes balances, counters and totals anew from the moves, reservations and documents that they are sums
      of, in one transaction for each tenant, audited; posted documents and the ledger stay as they are, and a document
      that corrects them is proposed. --dry-run does the same, tells it, and takes it back: nothing stays.
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var selection: TenantSelection
  @Flag(help: "Print one JSON object a line instead of a table.") var json = false
  @Flag(help: "Write derived figures anew where they are wrong, then check.") var repair = false
  @Flag(help: "With --repair: tell what it would do and change nothing.") var dryRun = false

  func validate() throws {
    if dryRun, !repair { throw ValidationError("--dry-run goes with --repair.") }
  }

  func run() async throws {
    let findings = try await explained { try await work() }
    if findings > 0 { throw ExitCode(2) }
  }

  private func work() async throws -> Int {
    var limits = Platform.Limits()
    // A check reads all books of a tenant, and a repair goes through them in one transaction.
    limits.path.transactionMax = .seconds(900)
    limits.path.isOperatorsOwn = true
    let platform = try await Platform.open(
      Cluster.open(database, creates: false), limits: limits, logger: Logs.quiet)
    defer { platform.close() }
    guard repair else { return try await check(platform) }
    let told = try await CheckRepair(platform: platform, applies: !dryRun, json: json)
      .run(try await selection.records(platform))
    return dryRun ? told : try await check(platform)
  }

  private func check(_ platform: Platform) async throws -> Int {
    var table = Table(["TENANT", "TIER", "CHECK", "HOLDS", "FINDINGS"], [.left, .left, .left, .left, .right])
    var findings = 0
    let records = try await selection.records(platform)
    let bar = ProgressLine("checking")
    for (index, record) in records.enumerated() {
      let tenant = try await platform.operatorTenant(record, reason: "bulkhead check")
      for (step, check) in InvariantCheck.all.enumerated() {
        if !json {
          bar.show(
            index * InvariantCheck.all.count + step, of: records.count * InvariantCheck.all.count, record.slug)
        }
        let rows = try await tenant.read(Query(check.statement))[0]
        findings += rows.count
        if json {
          Console.result([
            "tenant": .string(record.slug), "check": .string(check.name), "holds": .bool(rows.isEmpty),
            "findings": .int(rows.count),
          ])
        }
        table.add([
          record.slug, record.placement.tier.rawValue, "\(check.name) \(check.title)", rows.isEmpty ? "yes" : "NO",
          String(rows.count),
        ])
      }
    }
    if !json {
      bar.show(records.count, of: records.count)
      Console.result(table.text)
    }
    return findings
  }
}

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "The audit trail.", subcommands: [Verify.self])

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recompute the hash chain of each tenant's audit trail and of the platform's own.",
      discussion: """
        Finds entries that were changed, removed, added, moved, or cut off at the end. Exit status 0 when every chain is
        whole, 2 when one is not.
        """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var selection: TenantSelection
    @Flag(help: "Print one JSON object a line instead of a table.") var json = false

    func run() async throws {
      let broken = try await explained { try await verify() }
      if broken > 0 { throw ExitCode(2) }
    }

    private func verify() async throws -> Int {
      let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
      defer { platform.close() }
      var table = Table(["CHAIN", "ENTRIES", "WHOLE", "FIRST BREAK"], [.left, .right, .left, .left])
      var broken = 0
      var chains: [(name: String, pages: any AuditPages)] = []
      if selection.tenants.isEmpty { chains.append(("platform", PlatformAuditPages(control: platform.control))) }
      for record in try await selection.records(platform) {
        let tenant = try await platform.operatorTenant(record, reason: "bulkhead audit verify")
        chains.append((record.slug, TenantAuditPages(tenant)))
      }
      for chain in chains {
        let bar = ProgressLine(chain.name)
        let verdict = try await AuditVerifier().verify(chain.pages) { done, total in
          if !json { bar.show(Int(done), of: Int(total)) }
        }
        if verdict.firstBreak != nil { broken += 1 }
        let reason = verdict.firstBreak.map { "\($0)" } ?? ""
        table.add([chain.name, String(verdict.verified), verdict.firstBreak == nil ? "yes" : "NO", reason])
        if json {
          Console.result([
            "chain": .string(chain.name), "entries": .int(verdict.verified),
            "whole": .bool(verdict.firstBreak == nil), "break": .optional(verdict.firstBreak.map { "\($0)" }),
          ])
        }
      }
      if !json { Console.result(table.text) }
      return broken
    }
  }
}
