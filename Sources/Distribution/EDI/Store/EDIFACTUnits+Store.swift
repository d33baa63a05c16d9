import BulkheadCore
import BulkheadData

/// Which words a tenant and its partner have for units. Tenant-scoped.
extension EDIFACTUnits {
  /// To read what came.
  static func ofTenant(in transaction: Transaction) async throws -> EDIFACTUnits {
    EDIFACTUnits(own: try own(try await transaction.run(ownQuery)[0]))
  }

  /// To write `document`: in the words of the order that it is about, where that came as ORDERS.
  static func toWrite(_ document: EDIOutbound.Document, in transaction: Transaction) async throws -> EDIFACTUnits {
    let rows = try await transaction.run(
      ownQuery, Query(orderStatement, .optional(document.answers), .optional(document.order)))
    guard let row = rows[1].first else { return EDIFACTUnits(own: try own(rows[0])) }
    let control = try row.text(0)
    let order = try EDIFACTReader.read(try row.bytes(1)).messages.first {
      $0.type == EDIDocumentKind.order.type(in: .edifact) && $0.reference == control
    }
    return EDIFACTUnits(own: try own(rows[0]), order: order)
  }

  private static func own(_ rows: Rows) throws(Refusal) -> Set<String> {
    Set(try rows.map { row throws(Refusal) in try row.text(0) })
  }

  private static let ownQuery = Query(
    Statement("SELECT unit.code FROM uom AS unit WHERE unit.code = ANY ($1)"), .texts(translated))

  /// `$1` is the document that is answered, `$2` the order that was made of it; one of them, or neither.
  private static let orderStatement = Statement(
    """
    SELECT message.control_no, interchange.raw
    FROM edi_message AS message JOIN edi_interchange AS interchange ON interchange.id = message.interchange_id
    WHERE (message.id = $1 OR message.order_id = $2) AND message.direction = 'in' AND message.type = 'ORDERS'
    ORDER BY message.id LIMIT 1
    """)
}
