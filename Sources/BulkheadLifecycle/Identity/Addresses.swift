import BulkheadCore
import BulkheadData

extension RefusalCode {
  package static let addressTaken = RefusalCode("address.taken", .conflict)
}

/// Addresses by which the outside world knows a tenant, such as X12 `ZZ:ACME`. Allotted by the operator only: if
/// tenants could claim addresses, a refused claim would tell them who else is here.
package struct Addresses: Sendable {
  private let control: any ControlQueries

  package init(control: any ControlQueries) { self.control = control }

  /// Gives `address` to `tenant`; doing so again changes nothing. Refuses with `address.taken` when it is another's.
  package func allot(scheme: String, address: String, to tenant: TenantID) async throws {
    _ = try await control.run(
      "INSERT INTO control.address (scheme, address, tenant_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      [.text(scheme), .text(address), .id(tenant.id)])
    let rows = try await control.run(
      "SELECT 1 FROM control.address WHERE scheme = $1 AND address = $2 AND tenant_id = $3",
      [.text(scheme), .text(address), .id(tenant.id)])
    guard !rows.isEmpty else {
      throw Refusal(.addressTaken, "This address is allotted already.", at: "/address")
    }
  }
}
