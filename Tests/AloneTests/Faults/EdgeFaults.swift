import BulkheadCore
import BulkheadData
import BulkheadGuard
import Synchronization

@testable import bulkhead

/// Faults of the guard, the worker and the way out.
enum EdgeFaults {
  static func withoutPredicate() -> WorldSeams {
    var seams = WorldSeams()
    seams.platform.guardRules.remove(.tenantPredicate)
    return seams
  }

  static func forgetfulWorker() -> WorldSeams {
    let last = LastContext()
    var seams = WorldSeams()
    seams.jobTenant = { context, source in Tenant(last.swap(context) ?? context, source: source) }
    return seams
  }

  static func leakedHeader() -> WorldSeams {
    let served = ServedTenants()
    var seams = WorldSeams()
    seams.exit = { _, tenant, seen in
      var seen = seen
      seen.fields.append(("x-tenants-served", String(served.count(with: tenant))))
      return seen
    }
    return seams
  }
}

private final class LastContext: Sendable {
  private let last = Mutex<TenantContext?>(nil)

  /// Answers the one before and keeps this one.
  func swap(_ context: TenantContext) -> TenantContext? {
    last.withLock { last in
      defer { last = context }
      return last
    }
  }
}

private final class ServedTenants: Sendable {
  private let tenants = Mutex<Set<TenantID>>([])

  func count(with tenant: TenantID) -> Int {
    tenants.withLock { tenants in
      tenants.insert(tenant)
      return tenants.count
    }
  }
}
