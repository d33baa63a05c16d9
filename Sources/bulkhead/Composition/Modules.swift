import BulkheadAudit
import BulkheadCore
import BulkheadServer
import BulkheadWork
import Distribution

/// The product on top of the platform: its routes, its jobs, and what each job may do.
struct Modules: Sendable {
  let services: Services
  let routes: [Route]
  let jobHandlers: [JobHandler]
  let jobPermissions: @Sendable (String) -> PermissionSet

  /// Events that nobody acts on yet. They are listed, so that an event of a misspelt topic is still found dead.
  private static let unheard = [
    "order.confirmed", "order.held", "order.cancelled", "order.allocated", "stock.adjusted",
  ]

  init(_ platform: Platform, transport: any EDITransport) {
    services = Services(
      ambient: platform.ambient,
      outbox: OutboxAdapter(
        outbox: Outbox(sealer: platform.sealer, ambient: platform.ambient), watch: platform.watch),
      audit: AuditAdapter(trail: AuditTrail(ambient: platform.ambient)))
    let distribution = DistributionModule(services)
    let edi = EDIModule(services, transport: WatchedTransport(transport: transport, watch: platform.watch))
    routes = distribution.routes() + edi.routes()
    jobHandlers =
      distribution.jobHandlers() + edi.jobHandlers() + Self.unheard.map { topic in JobHandler(topic) { _, _ in } }
    jobPermissions = { _ in PermissionSet(DistributionRoles.permissions.values.flatMap(\.permissions)) }
  }
}
