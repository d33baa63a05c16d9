import BulkheadAudit
import BulkheadCore
import BulkheadData
import Logging
import ServiceLifecycle

/// Writes what the audit ledger has counted: each tenant's to its own trail, the rest to the platform's.
struct LedgerService: Service {
  static let interval: Duration = .seconds(1)

  let platform: Platform

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await write(platform.ledger.takeDue())
        try? await Task.sleep(for: Self.interval)
      }
    }
    await Task { await write(platform.ledger.takeDue(all: true)) }.value
  }

  /// Writes `sums`; what cannot be written is counted again.
  func write(_ sums: [AuditLedger.Sum]) async {
    for (tenant, sums) in Dictionary(grouping: sums, by: \.kind.tenant) {
      do {
        try await write(sums, of: tenant)
      } catch {
        platform.ledger.giveBack(sums)
        platform.logger.warning("audit entries must wait", metadata: ["error": "\(String(reflecting: error))"])
      }
    }
  }

  private func write(_ sums: [AuditLedger.Sum], of tenant: TenantID?) async throws {
    let actor = platform.operatorActor
    guard let tenant else {
      let trail = PlatformAuditTrail(control: platform.control, ambient: platform.ambient)
      _ = try await platform.control.runAll(
        sums.map { sum in
          trail.statement(
            sum.kind.act, subject: sum.kind.subject, detail: sum.detail, actor: sum.kind.actor ?? actor)
        })
      return
    }
    let scoped = platform.path.tenant(try await platform.identity.operatorContext(for: tenant, actor: actor))
    let trail = AuditTrail(ambient: platform.ambient)
    try await scoped.transaction { transaction in
      for sum in sums { try transaction.enqueue(trail.query(sum, writer: actor)) }
    }
  }
}
