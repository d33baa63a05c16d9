import BulkheadServer

/// Everything about buying: terms, replenishment, orders, receipts, landed cost and invoices of suppliers.
struct PurchasingRoutes {
  let services: Services

  var routes: [Route] {
    SupplierTermsRoutes(services: services).routes + ReplenishmentRoutes(services: services).routes
      + PurchaseOrderRoutes(services: services).routes + ReceiptRoutes(services: services).routes
      + NoticeRoutes(services: services).routes
      + LandedCostRoutes(services: services).routes + SupplierInvoiceRoutes(services: services).routes
      + SupplierReturnRoutes(services: services).routes
  }
}
