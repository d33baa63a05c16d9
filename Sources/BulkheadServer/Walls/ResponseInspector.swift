import BulkheadCore

/// Looks at every JSON answer of a tenant before it leaves, for example for ids of other tenants. Throwing stops the
/// answer; of a write, the transaction too, since writes are inspected before they commit. Runs on each request, so it
/// must not wait.
package typealias ResponseInspector = @Sendable (TenantContext, [UInt8]) throws(Refusal) -> Void
