import BulkheadCore
import BulkheadData

/// What an order to a supplier says besides its lines: who buys, who sells, where to, and under which numbers the
/// supplier knows the items. Tenant-scoped.
enum EDIPurchaseFacts {
  /// Two queries for one round trip.
  static func queries(_ order: EntityID) -> [Query] { [Query(parties, .id(order)), Query(names, .id(order))] }

  static func document(
    _ order: PurchaseOrder, _ parties: Rows, _ names: Rows
  ) throws(Refusal) -> PurchaseOrderDocument {
    guard order.number.utf8.count <= 22 else {
      throw Refusal(.ediNumberUnfit, "The order's number is longer than the 22 characters that a document has for it.")
    }
    guard let row = parties.first else { throw Refusal.notFound }
    var lines: [PurchaseOrderDocument.Line] = []
    let known = try identifiers(names)
    for line in order.lines {
      lines.append(
        PurchaseOrderDocument.Line(
          number: String(line.number), quantity: try EDIDecimal.of(line.entered.description), unit: line.unit,
          unitPrice: try price(line), identifiers: try identifiers(of: line, known), description: nil,
          requestedOn: nil))
    }
    let buyer = EDIParty(
      .buyer, name: try row.text(0), qualifier: row.isNull(1) ? "92" : "UL", code: try row.text(row.isNull(1) ? 2 : 1))
    let seller = EDIParty(
      .seller, name: try row.text(3), qualifier: row.isNull(4) ? "92" : "UL", code: try row.text(row.isNull(4) ? 5 : 4))
    let place = EDIParty(.shipTo, name: try row.text(6), qualifier: "92", code: order.warehouse)
    return PurchaseOrderDocument(
      number: order.number, purpose: .original, date: CivilDate(order.createdAt).description, contract: nil,
      currency: order.total.currency.code, requestedOn: order.expectedOn.description, parties: [buyer, seller, place],
      lines: lines)
  }

  /// What one of the unit ordered in costs.
  private static func price(_ line: PurchaseOrder.Line) throws(Refusal) -> EDIDecimal {
    guard
      let scaled = Rounding.product(
        line.unitPrice.scaled, Int128(line.ordered.millionths), over: Int128(line.entered.millionths))
    else { throw Refusal(.priceOverflow, "The price of one \(line.unit) is too large.") }
    return try EDIDecimal.of(try UnitPrice(scaled: scaled).description)
  }

  private struct Names {
    var supplier: String?
    var gtins: [String: String] = [:]
  }

  private static func identifiers(_ rows: Rows) throws(Refusal) -> [EntityID: Names] {
    var known: [EntityID: Names] = [:]
    for row in rows {
      let product = try row.id(0)
      if try row.text(1) == "supplier_sku" {
        known[product, default: Names()].supplier = try row.text(2)
      } else {
        known[product, default: Names()].gtins[try row.text(3)] = try row.text(2)
      }
    }
    return known
  }

  private static func identifiers(
    of line: PurchaseOrder.Line, _ known: [EntityID: Names]
  ) throws(Refusal) -> [EDIItemID] {
    var names: [EDIItemID] = []
    if let own = known[line.productID]?.supplier { names.append(EDIItemID(qualifier: "VP", value: own)) }
    names.append(EDIItemID(qualifier: "BP", value: line.sku))
    if let gtin = known[line.productID]?.gtins[line.unit] { names.append(EDIItemID(gtin: gtin)) }
    return names
  }

  private static let parties = Statement(
    """
    SELECT entity.name, entity.gln, entity.code, supplier.legal_name, supplier.gln, supplier.code, warehouse.name
      FROM purchase_order AS o
      JOIN legal_entity AS entity ON entity.id = o.legal_entity_id
      JOIN party AS supplier ON supplier.id = o.supplier_id
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
     WHERE o.id = $1
    """)

  private static let names = Statement(
    """
    SELECT i.product_id, i.scheme, i.value, i.uom
      FROM purchase_order AS o
      JOIN purchase_order_line AS l ON l.order_id = o.id
      JOIN product_identifier AS i ON i.product_id = l.product_id
     WHERE o.id = $1 AND (i.scheme = 'gtin' OR (i.scheme = 'supplier_sku' AND i.party_key = o.supplier_id))
     ORDER BY i.value DESC
    """)
}
