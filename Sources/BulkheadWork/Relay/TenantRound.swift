import BulkheadCore

/// The order in which a round visits tenants: those after `start` by rising id, then from the smallest up to `start`.
package struct TenantRound: Sendable {
  package let start: TenantID

  package init(start: TenantID) { self.start = start }

  /// Before every tenant.
  package static let beginning = TenantRound(start: TenantID(EntityID(high: 0, low: 0)))

  /// Whether the round comes to `left` before `right`.
  package func visits(_ left: TenantID, before right: TenantID) -> Bool {
    switch (left > start, right > start) {
    case (true, false): true
    case (false, true): false
    default: left < right
    }
  }

  /// The one of `tenants` that the round comes to last.
  package func last(of tenants: some Sequence<TenantID>) -> TenantID? {
    tenants.max { visits($0, before: $1) }
  }
}
