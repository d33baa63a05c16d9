import BulkheadCore
import BulkheadData

/// An accepted order as it lies in store, read again from the bytes that came. Tenant-scoped.
struct EDIReceivedOrder: Sendable {
  let message: EntityID
  let interchange: EntityID
  let document: PurchaseOrderDocument
  let agreement: EDIAgreement
  let channel: EDIChannel
  let customer: EntityID
  /// Of the order, or else of the customer.
  let currency: String
  /// Why the order as a whole cannot be taken; `nil` when it can.
  let refusal: (code: String, reason: String)?

  static let numberInUse = "Order number already in use"

  init(_ message: EntityID, in transaction: Transaction) async throws {
    let rows = try await transaction.run(
      Statement(
        """
        SELECT message.interchange_id, message.agreement_id, interchange.channel_id, message.group_control,
               message.control_no, interchange.raw, party.id, party.currency, party.is_active, party.kind,
               message.type
        FROM edi_message AS message
        JOIN edi_interchange AS interchange ON interchange.id = message.interchange_id
        JOIN edi_agreement AS agreement ON agreement.id = message.agreement_id
        JOIN trading_partner AS partner ON partner.id = agreement.partner_id
        JOIN party ON party.id = partner.party_id
        WHERE message.id = $1 AND message.direction = 'in' AND message.type IN ('850', 'ORDERS')
        """), .id(message))
    guard let row = rows.first else { throw Refusal.notFound }
    let document = try await EDIReceivedDocument(
      try row.text(10), group: try row.text(3), control: try row.text(4), in: try row.bytes(5), transaction
    ).order()
    let customer = try row.id(6)
    let found = try await transaction.run(
      EDIAgreement.query(id: try row.id(1)),
      Query(
        Statement(
          """
          SELECT channel.id, channel.partner_id, channel.delivery_url
          FROM edi_channel AS channel WHERE channel.id = $1
          """), .id(try row.id(2))),
      Query(
        Statement("SELECT 1 FROM sales_order AS earlier WHERE earlier.customer_id = $1 AND earlier.po_number = $2"),
        .id(customer), .text(document.number)))
    guard let agreement = found[0].first, let channel = found[1].first else { throw Refusal.notFound }
    let currency = try row.text(7)
    self.message = message
    self.interchange = try row.id(0)
    self.document = document
    self.agreement = try EDIAgreement(agreement)
    self.channel = try EDIChannel(channel)
    self.customer = customer
    self.currency = currency
    refusal = Self.judge(
      document, currency: currency, isCustomer: try row.bool(8) && ["customer", "both"].contains(try row.text(9)),
      isRepeated: !found[2].isEmpty)
  }

  private static func judge(
    _ document: PurchaseOrderDocument, currency: String, isCustomer: Bool, isRepeated: Bool
  ) -> (code: String, reason: String)? {
    if document.purpose != .original {
      return ("edi.purposeNotSupported", "Changes and cancellations are not taken in this document")
    }
    if isRepeated { return (RefusalCode.orderDuplicatePO.name, numberInUse) }
    if !isCustomer { return ("edi.notACustomer", "No orders are taken for this account") }
    if let asked = document.currency, asked != currency {
      return ("edi.currencyNotAgreed", "Currency \(EDIText.printable(asked, max: 3)) is not agreed")
    }
    return nil
  }
}
