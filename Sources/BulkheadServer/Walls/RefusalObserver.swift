import BulkheadCore

/// Is told that a good credential was refused at a route: it named another tenant, lacked the permission, or its tenant
/// is suspended. Runs before the answer, so it must not wait and its time must not depend on what exists.
package typealias RefusalObserver = @Sendable (TenantContext, RefusalCode, Route) -> Void
