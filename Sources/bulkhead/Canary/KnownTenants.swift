import BulkheadCore

extension Platform {
  /// Tells the watch which tenants there are.
  func knowTenants() async throws {
    let rows = try await control.run("SELECT id FROM control.tenant", [])
    watch.scanner.know(try rows.map { TenantID(try $0.id(0)) })
  }
}
