import BulkheadData
import BulkheadWork
import Distribution

/// Looks at every document before it goes to a partner. One that carries a mark is not sent, now or later.
struct WatchedTransport: EDITransport {
  let transport: any EDITransport
  let watch: LeakWatch

  func deliver(_ bytes: [UInt8], to destination: EDIDestination, tenant: Tenant) async throws {
    if watch.checks.contains(.deliveries) {
      do { try watch.inspect(bytes, at: .delivery, for: tenant.id) } catch { throw JobAbandoned("delivery.stopped") }
    }
    try await transport.deliver(bytes, to: destination, tenant: tenant)
  }
}
