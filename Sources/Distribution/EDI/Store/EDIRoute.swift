import BulkheadCore
import BulkheadData

/// By which agreement and over which channel documents go to a partner. Tenant-scoped.
struct EDIRoute: Sendable {
  /// A document that is sent unasked where the agreement says so.
  enum Unasked: String {
    case order
    case shipNotice
    case invoice
  }

  let agreement: EDIAgreement
  let channel: EDIChannel

  /// The way that an order came by, while it is open.
  static func ofOrder(_ order: EntityID) -> Query { Query(orderStatement, .id(order)) }

  /// The way to a party with which `document` is agreed.
  static func toParty(_ party: EntityID, _ document: Unasked) -> Query {
    Query(partyStatement, .id(party), .text(document.rawValue))
  }

  /// The first way found in the answers of such queries.
  static func first(_ rows: [Rows]) throws(Refusal) -> EDIRoute? {
    for answer in rows {
      if let row = answer.first {
        return EDIRoute(agreement: try EDIAgreement(row), channel: try EDIChannel(row, from: 9))
      }
    }
    return nil
  }

  private static let orderStatement = Statement(
    """
    SELECT agreement.id, agreement.partner_id, agreement.our_qualifier, agreement.our_id, agreement.their_qualifier,
           agreement.their_id, agreement.usage, agreement.ack_seconds, agreement.version, channel.id,
           channel.partner_id, channel.delivery_url
    FROM edi_message AS message
    JOIN edi_interchange AS interchange ON interchange.id = message.interchange_id
    JOIN edi_agreement AS agreement ON agreement.id = message.agreement_id
    JOIN trading_partner AS partner ON partner.id = agreement.partner_id
    JOIN edi_channel AS channel ON channel.id = interchange.channel_id
    WHERE message.order_id = $1 AND message.direction = 'in' AND message.type IN ('850', 'ORDERS')
      AND agreement.state = 'active' AND partner.state = 'active' AND channel.state = 'active'
    ORDER BY message.id LIMIT 1
    """)

  private static let partyStatement = Statement(
    """
    SELECT agreement.id, agreement.partner_id, agreement.our_qualifier, agreement.our_id, agreement.their_qualifier,
           agreement.their_id, agreement.usage, agreement.ack_seconds, agreement.version, channel.id,
           channel.partner_id, channel.delivery_url
    FROM trading_partner AS partner
    JOIN edi_agreement AS agreement ON agreement.partner_id = partner.id
    JOIN edi_channel AS channel ON channel.partner_id = partner.id
    WHERE partner.party_id = $1 AND agreement.state = 'active' AND partner.state = 'active'
      AND channel.state = 'active'
      AND CASE $2::text WHEN 'order' THEN agreement.sends_orders WHEN 'shipNotice' THEN agreement.sends_ship_notices
            ELSE agreement.sends_invoices END
    ORDER BY agreement.id, channel.id LIMIT 1
    """)
}
