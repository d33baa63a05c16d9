import BulkheadCore

/// Looks at every answer before it leaves, for what belongs to other tenants: its body, whatever its type, and the
/// header fields that a handler chose. Throwing stops the answer; of a write, the transaction too, since writes are
/// inspected before they commit. Runs on each request, so it must not wait.
///
/// The context is `nil` for answers to nobody in particular: of open routes, of the platform's own, and refusals that
/// came before the credential was known.
package typealias ResponseInspector = @Sendable (TenantID?, [UInt8]) throws(Refusal) -> Void
