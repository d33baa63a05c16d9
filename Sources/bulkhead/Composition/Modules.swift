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
    "return.requested", "return.accepted", "return.received", "return.completed", "return.cancelled",
    "stock_period.closed", "stock_period.reopened",
    "wave.planned", "wave.released", "pick.short", "shipment.planned", "shipment.draft", "shipment.waiting",
    "shipment.assigned", "shipment.picked", "shipment.packed", "shipment.unpacked", "shipment.cancelled",
    "count.requested", "count.started", "count.counted", "count.approved", "count.cancelled",
    "payment.posted", "payment.bounced", "ledger.posted", "ledger.reversed", "period.closed", "period.reopened",
    "period.locked", "replenishment.suggested", "purchase.drafted", "purchase.submitted", "purchase.confirmed",
    "purchase.closed", "purchase.cancelled", "purchase.received", "landedCost.drafted", "landedCost.posted",
    "landedCost.cancelled", "landedCost.reversed", "supplierInvoice.held", "supplierInvoice.posted",
    "supplierInvoice.approved", "supplierInvoice.cancelled", "purchase.acknowledged", "asn.announced", "asn.received",
    "asn.closed", "edi.acknowledgement.overdue", "edi.document.rejected",
    "supplierReturn.requested", "supplierReturn.accepted", "supplierReturn.shipped", "supplierReturn.completed",
    "supplierReturn.cancelled", "putaway.planned", "putaway.done", "putaway.cancelled",
    "pos.opened", "pos.sessionOpened", "pos.cashMoved", "pos.sessionClosing",
  ]

  init(_ platform: Platform, transport: any EDITransport & WebhookTransport, mail: any MailTransport) {
    services = platform.services
    let distribution = DistributionModule(services)
    let edi = EDIModule(services, transport: WatchedTransport(transport: transport, watch: platform.watch))
    let events = EventModule(
      services, vault: TenantVault(master: platform.cluster.master, clock: platform.ambient.clock),
      webhooks: WatchedWebhooks(transport: transport, watch: platform.watch),
      mail: WatchedMail(transport: mail, watch: platform.watch))
    routes = distribution.routes() + edi.routes() + events.routes()
    let heard = JobHandler.joined(distribution.jobHandlers() + edi.jobHandlers() + events.jobHandlers())
    let topics = Set(heard.map(\.topic))
    jobHandlers = heard + Self.unheard.filter { !topics.contains($0) }.map { topic in JobHandler(topic) { _, _ in } }
    jobPermissions = { _ in PermissionSet(DistributionRoles.permissions.values.flatMap(\.permissions)) }
  }
}
