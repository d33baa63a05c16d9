import BulkheadCore
import BulkheadData
import BulkheadServer
import BulkheadWork

/// What is done about events: stock is looked at, shortages are valued, the outside is told.
public struct EventModule: Sendable {
  private let services: Services
  private let vault: any SecretVault
  private let delivery: NotificationDelivery

  public init(_ services: Services, vault: any SecretVault, webhooks: any WebhookTransport, mail: any MailTransport) {
    self.services = services
    self.vault = vault
    delivery = NotificationDelivery(webhooks: webhooks, mail: mail, vault: vault, ambient: services.ambient)
  }

  public func routes() -> [Route] {
    AlertRoutes(services: services).routes + NotificationRoutes(services: services, vault: vault).routes
  }

  /// Events after which stock may be low, below zero, or back.
  private static let stockTopics: Set<String> = [
    "stock.adjusted", "order.confirmed", "order.allocated", "order.cancelled", "shipment.shipped", "purchase.drafted",
    "purchase.confirmed", "purchase.received", "purchase.cancelled", "count.approved", "pick.short", "pos.sold",
    "pos.refunded", "pos.voided", "pos.sessionClosed",
  ]

  /// One handler for each topic, whoever wants to hear of it.
  public func jobHandlers() -> [JobHandler] {
    let told = Dictionary(uniqueKeysWithValues: NotificationEvent.allCases.map { ($0.rawValue, $0) })
    let topics = Self.stockTopics.union(told.keys).sorted()
    return topics.map { topic in
      JobHandler(topic) { job, tenant in
        if let event = told[topic] { try await tell(event, job, tenant) }
        if Self.stockTopics.contains(topic) { try await look(job, tenant) }
      }
    } + [
      JobHandler(NotificationDesk.readyTopic) { job, tenant in try await delivery.handle(job, tenant) },
      // Told to nobody by default: the list shows it.
      JobHandler("alert.resolved") { _, _ in },
    ]
  }

  /// Each in a transaction of its own: a month that is closed keeps a shortage from its value, not people from alerts.
  private func look(_ job: Job, _ tenant: Tenant) async throws {
    let documents = Self.documents(job)
    let rows = try await tenant.read(Query(AlertStatements.products, .ids(documents)))
    let found = try rows[0].map { row in try row.id(0) }
    guard !found.isEmpty else { return }
    try await tenant.transaction { tx in try await AlertDesk(services: services).evaluate(found, in: tx) }
    do {
      try await tenant.transaction { tx in try await StockShortage(services: services).settle(found, in: tx) }
    } catch let refusal as Refusal where refusal.code == .periodClosed {
      throw JobPostponed("shortage.periodClosed", by: JobPostponed.delayMax)
    }
  }

  /// The ids that an event names: its documents.
  private static func documents(_ job: Job) -> [EntityID] {
    let named = (job.payload.members ?? []).compactMap(\.value.id)
    return Array(Set(named + (EntityID(job.key).map { [$0] } ?? []))).sorted()
  }

  private func tell(_ event: NotificationEvent, _ job: Job, _ tenant: Tenant) async throws {
    try await tenant.transaction { tx in
      try await NotificationDesk(services: services).hear(event, job, in: tx)
    }
  }
}
