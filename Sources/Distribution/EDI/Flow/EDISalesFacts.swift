import BulkheadCore
import BulkheadData

/// What ship notices and invoices say of an order besides what they are about: how the customer called it and its
/// lines, and who is who. Tenant-scoped.
struct EDISalesFacts: Sendable {
  struct Line: Sendable {
    /// The customer's own number of the line, else ours.
    let name: String
    let baseUnit: String
    let entered: Quantity
    let unit: String
    let ordered: Quantity
    let description: String
    let identifiers: [EDIItemID]
  }

  let customer: EntityID
  let poNumber: String?
  let orderedOn: String
  let number: String
  let seller: EDIParty
  let buyer: EDIParty
  let shipTo: EDIParty?
  let lines: [EntityID: Line]
  /// Our numbers of the lines, as packages name them.
  let byNumber: [Int: Line]

  /// Two queries for one round trip.
  static func queries(_ order: EntityID) -> [Query] { [Query(header, .id(order)), Query(orderLines, .id(order))] }

  init(_ rows: [Rows]) throws(Refusal) {
    guard rows.count == 2, let row = rows[0].first else { throw Refusal.notFound }
    customer = try row.id(0)
    poNumber = row.textOrNil(1)
    orderedOn = CivilDate(try row.instant(2)).description
    number = try row.text(3)
    seller = Self.party(.remitTo, name: try row.text(4), gln: row.textOrNil(5), else: ("91", try row.text(6)))
    buyer = Self.party(.billTo, name: try row.text(7), gln: row.textOrNil(8), else: ("91", try row.text(9)))
    shipTo = row.textOrNil(10).map { name in
      EDIParty(
        role: .shipTo, name: name, qualifier: row.isNull(11) ? nil : "UL", code: row.textOrNil(11),
        street: [row.textOrNil(12)].compactMap { $0 }, city: row.textOrNil(13), region: row.textOrNil(14),
        postalCode: row.textOrNil(15), country: row.textOrNil(16))
    }
    var lines: [EntityID: Line] = [:]
    var byNumber: [Int: Line] = [:]
    for line in rows[1] {
      let read = try Self.line(line)
      lines[try line.id(0)] = read
      byNumber[Int(try line.int(1))] = read
    }
    self.lines = lines
    self.byNumber = byNumber
  }

  private static func line(_ row: Row) throws(Refusal) -> Line {
    let number = try row.int(1)
    var names = [EDIItemID(qualifier: "VP", value: try row.text(3))]
    if let own = row.textOrNil(10) { names.append(EDIItemID(qualifier: "BP", value: String(own.prefix(48)))) }
    if let gtin = row.textOrNil(9) { names.append(EDIItemID(gtin: gtin)) }
    return Line(
      name: row.textOrNil(2) ?? String(number), baseUnit: try row.text(5), entered: try row.quantity(6),
      unit: try row.text(7), ordered: try row.quantity(8), description: try row.text(4), identifiers: names)
  }

  private static func party(
    _ role: EDIParty.Role, name: String, gln: String?, else own: (qualifier: String, code: String)
  ) -> EDIParty {
    EDIParty(role, name: name, qualifier: gln == nil ? own.qualifier : "UL", code: gln ?? own.code)
  }

  private static let header = Statement(
    """
    SELECT o.customer_id, o.po_number, o.placed_at, o.number, entity.name, entity.gln, entity.code, customer.legal_name,
           customer.gln, customer.code, place.name, place.gln, place.street, place.city, place.region,
           place.postal_code, place.country
      FROM sales_order AS o
      JOIN legal_entity AS entity ON entity.id = o.legal_entity_id
      JOIN party AS customer ON customer.id = o.customer_id
      LEFT JOIN LATERAL (
        SELECT a.name, a.gln, a.street, a.city, a.region, a.postal_code, a.country FROM party_address AS a
         WHERE a.party_id = o.customer_id AND a.kind = 'ship_to' ORDER BY a.id LIMIT 1) AS place ON true
     WHERE o.id = $1
    """)

  private static let orderLines = Statement(
    """
    SELECT l.id, l.line_no, l.customer_line, p.sku, p.name, p.base_uom, l.entered_qty, l.entered_uom, l.ordered,
           gtin.value, own.value
      FROM sales_order_line AS l
      JOIN sales_order AS o ON o.id = l.order_id
      JOIN product AS p ON p.id = l.product_id
      LEFT JOIN LATERAL (
        SELECT i.value FROM product_identifier AS i
         WHERE i.product_id = l.product_id AND i.scheme = 'gtin' AND i.uom = l.entered_uom
         ORDER BY i.value LIMIT 1) AS gtin ON true
      LEFT JOIN LATERAL (
        SELECT i.value FROM product_identifier AS i
         WHERE i.product_id = l.product_id AND i.scheme = 'customer_sku' AND i.party_key = o.customer_id
         ORDER BY i.value LIMIT 1) AS own ON true
     WHERE l.order_id = $1 ORDER BY l.line_no
    """)
}

extension EDISalesFacts.Line {
  /// `base` units in the unit that was ordered in, where that comes out even; else as they are.
  func quantity(_ base: Quantity) throws(Refusal) -> (quantity: EDIDecimal, unit: String) {
    guard unit != baseUnit else { return (try EDIDecimal.of(base.description), unit) }
    let (product, overflow) = Int128(base.millionths).multipliedReportingOverflow(by: Int128(entered.millionths))
    let divisor = Int128(ordered.millionths)
    guard !overflow, divisor > 0, product % divisor == 0 else { return (try EDIDecimal.of(base.description), baseUnit) }
    return (try EDIDecimal.of(try Quantity(millionths: product / divisor).description), unit)
  }

  /// Quantity and price of it in one unit: the one ordered in, where both come out even, else the base unit.
  func priced(
    _ base: Quantity, _ price: UnitPrice
  ) throws(Refusal) -> (quantity: EDIDecimal, unit: String, price: EDIDecimal) {
    let plain = (try EDIDecimal.of(base.description), baseUnit, try EDIDecimal.of(price.description))
    guard unit != baseUnit else { return plain }
    let inUnit = try quantity(base)
    let (product, overflow) = price.scaled.multipliedReportingOverflow(by: Int128(ordered.millionths))
    let divisor = Int128(entered.millionths)
    guard inUnit.unit == unit, !overflow, divisor > 0, product % divisor == 0 else { return plain }
    return (inUnit.quantity, unit, try EDIDecimal.of(try UnitPrice(scaled: product / divisor).description))
  }
}

extension EDIDecimal {
  /// A number of ours, which always has the form of one.
  static func of(_ text: String) throws(Refusal) -> EDIDecimal {
    guard let decimal = EDIDecimal(text) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "no decimal: \(text)")
    }
    return decimal
  }
}
