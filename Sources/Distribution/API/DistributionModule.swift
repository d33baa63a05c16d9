import BulkheadCore
import BulkheadServer
import BulkheadWork

/// The distribution back end as the composition root sees it: its routes and what they need.
public struct DistributionModule: Sendable {
  public let services: Services

  public init(_ services: Services) { self.services = services }

  /// All routes of API v1, EDI aside.
  public func routes() -> [Route] {
    ReferenceRoutes(services: services).routes + ProductRoutes(services: services).routes
      + PartyRoutes(services: services).routes + LocationRoutes(services: services).routes
      + LotRoutes(services: services).routes + StockRoutes(services: services).routes
      + PricingRoutes(services: services).routes + OrderRoutes(services: services).routes
      + WarehouseRoutes.all(services)
      + AccountRoutes(services: services).routes + LedgerRoutes(services: services).routes
      + TaxRoutes(services: services).routes + InvoiceRoutes(services: services).routes
      + PaymentRoutes(services: services).routes
      + PurchasingRoutes(services: services).routes
      + ReturnRoutes(services: services).routes + StockPeriodRoutes(services: services).routes
      + POSRoutes.all(services)
      + ImportRoutes(services: services).routes
  }

  /// What is done about its own events.
  public func jobHandlers() -> [JobHandler] {
    let imports = ImportHandler(services: services)
    return [JobHandler(ImportDesk.stepTopic) { job, tenant in try await imports.handle(job, tenant) }]
  }
}
