import BulkheadCore
import BulkheadData
import BulkheadServer
import BulkheadWork

/// Electronic data interchange: partners, channels and agreements, interchanges in and out, and the jobs behind them.
public struct EDIModule: Sendable {
  let store: EDIDirectory
  let inbox: EDIInbox
  let services: Services
  private let intake: EDIOrderIntake
  private let delivery: EDIDelivery

  public init(_ services: Services, transport: any EDITransport) {
    let ambient = services.ambient
    self.services = services
    store = EDIDirectory(ambient: ambient)
    inbox = EDIInbox(services)
    intake = EDIOrderIntake(desk: OrderDesk(services), outbound: EDIOutbound(services: services), ambient: ambient)
    delivery = EDIDelivery(transport: transport, services: services)
  }

  /// The permissions that its routes need.
  public static let permissions: [Permission] = [.ediExchange, .ediRead, .ediManage]

  public func routes() -> [Route] {
    [postInterchange] + directoryRoutes + interchangeRoutes + quarantineRoutes + workListRoutes
  }

  /// What is done about received documents, about documents to be delivered, and about what partners are to be told.
  public func jobHandlers() -> [JobHandler] {
    let sender = EDISender(services)
    let supplier = EDISupplierIntake(services: services)
    let watch = EDIAcknowledgmentWatch(services: services)
    return [
      JobHandler(EDIOutbound.readyTopic) { job, tenant in try await delivery.handle(job, tenant) },
      JobHandler(EDIOutbound.awaitedTopic) { job, tenant in try await watch.handle(job, tenant) },
      JobHandler("shipment.shipped") { job, tenant in try await sender.shipmentShipped(job, tenant) },
      JobHandler("invoice.posted") { job, tenant in try await sender.invoicePosted(job, tenant) },
      JobHandler("purchase.sent") { job, tenant in try await sender.purchaseSent(job, tenant) },
    ]
      + EDIDocumentKind.order.types.map { type in
        JobHandler(EDIInbox.topic(of: type)) { job, tenant in try await intake.handle(job, tenant) }
      }
      + [EDIDocumentKind.answer, .shipNotice, .invoice].flatMap(\.types).map { type in
        JobHandler(EDIInbox.topic(of: type)) { job, tenant in try await supplier.handle(job, tenant, type) }
      }
  }

  /// Refuses with `edi.addressInvalid` what cannot stand in an envelope.
  public static func check(qualifier: String, address: String) throws(Refusal) {
    guard EDIAddressForm.isQualifier(qualifier), EDIAddressForm.isAddress(address) else {
      throw Refusal(RefusalCode("edi.addressInvalid", .invalid), "This is no interchange address.", at: "/address")
    }
  }

  /// Makes `address` one of the tenant's own. Only whoever keeps the platform-wide register of addresses may call it,
  /// after entering it there; no route does. Idempotent. Refuses with `edi.addressInvalid`.
  public static func allot(
    qualifier: String, address: String, id: EntityID, in transaction: Transaction
  ) async throws {
    try check(qualifier: qualifier, address: address)
    try await transaction.run(
      Statement(
        """
        INSERT INTO edi_address (id, qualifier, address) VALUES ($1, $2, $3)
        ON CONFLICT (qualifier, address) DO NOTHING
        """), .id(id), .text(qualifier), .text(address))
  }
}

extension Permission {
  /// To hand in interchanges on a channel.
  public static let ediExchange: Permission = "edi.exchange"
  /// To read interchanges and agreements.
  public static let ediRead: Permission = "edi.read"
  /// To set up partners, channels and agreements.
  public static let ediManage: Permission = "edi.manage"
}

/// The form of interchange addresses (ISA05 to ISA08).
enum EDIAddressForm {
  static func isQualifier(_ text: String) -> Bool {
    text.utf8.count == 2
      && text.utf8.allSatisfy { X12Number.isAlphanumeric($0) && !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  }

  /// 1 to 15 printable ASCII characters that do not begin or end with a space and are none of our delimiters.
  static func isAddress(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...15).contains(bytes.count), bytes.first != 0x20, bytes.last != 0x20 else { return false }
    return bytes.allSatisfy { (0x20...0x7E).contains($0) && !"*>~".utf8.contains($0) }
  }
}
