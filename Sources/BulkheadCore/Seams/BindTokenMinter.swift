/// Makes the token that ties one transaction on one backend to one tenant; PostgreSQL verifies it in `bulkhead.bind`.
///
/// Implemented by `BulkheadKeys`; used by `BulkheadData`.
package protocol BindTokenMinter: Sendable {
  /// A token for `tenant` at placement `epoch`, good only on the backend with `backendPID` and only for a minute.
  func bindToken(tenant: TenantID, epoch: Int32, backendPID: Int32, now: Instant) -> String
}
