import BulkheadAudit
import BulkheadCore
import BulkheadData
import Logging
import ServiceLifecycle

/// Writes what the audit ledger has counted, each tenant's to its own trail and the rest to the platform's, and entries
/// whose own transaction failed after the act they tell of.
struct LedgerService: Service {
  static let interval: Duration = .seconds(1)
  /// How often intents are looked for.
  static let settlingInterval: Duration = .seconds(15)

  let platform: Platform

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var settlesAt = ContinuousClock.now
      while !Task.isCancelled {
        await write(platform.ledger.takeDue())
        if ContinuousClock.now >= settlesAt {
          await settle()
          settlesAt = .now + Self.settlingInterval
        }
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

  /// Settles intents that are `age` old.
  func settle(age: Duration = AuditIntents.age) async {
    var waiting: [AuditIntent] = []
    do {
      waiting = try await platform.intents.waiting(age: age)
    } catch {
      platform.logger.warning("audit intents could not be read", metadata: ["error": "\(String(reflecting: error))"])
    }
    for intent in waiting {
      // One tenant whose database is away holds up no other's.
      do {
        let context = try await platform.identity.operatorContext(for: intent.tenant, actor: platform.operatorActor)
        try await platform.intents.settle(intent, in: platform.path.tenant(context))
      } catch {
        platform.logger.warning(
          "an audit intent must wait",
          metadata: ["tenant": "\(intent.tenant)", "error": "\(String(reflecting: error))"])
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
