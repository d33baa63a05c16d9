import BulkheadCore
import BulkheadData

/// Reads what stands on the label of a package.
enum LabelReader {
  static let statement = Statement(
    """
    SELECT p.sscc, p.state, entity.name, customer.legal_name, address.name, address.street, address.postal_code,
           address.city, address.country, o.po_number, o.number, s.number,
           (SELECT count(*) FROM package AS other
             WHERE other.shipment_id = s.id AND other.state <> 'void' AND other.number <= p.number),
           (SELECT count(*) FROM package AS other WHERE other.shipment_id = s.id AND other.state <> 'void'), s.state
      FROM package AS p
      JOIN shipment AS s ON s.id = p.shipment_id
      JOIN sales_order AS o ON o.id = s.order_id
      JOIN legal_entity AS entity ON entity.id = s.legal_entity_id
      JOIN party AS customer ON customer.id = s.customer_id
      LEFT JOIN LATERAL (
        SELECT a.name, a.street, a.postal_code, a.city, a.country FROM party_address AS a
         WHERE a.party_id = s.customer_id AND a.kind = 'ship_to' ORDER BY a.id LIMIT 1) AS address ON true
     WHERE p.id = $1
    """)

  /// Refuses with `resource.notFound`, `package.wrongState` (a package that was taken apart has no label).
  static func label(_ package: EntityID, in tenant: Tenant) async throws -> LogisticLabel {
    guard let row = try await tenant.read(Query(statement, .id(package)))[0].first else { throw Refusal.notFound }
    guard try row.text(1) != "void" else {
      throw Refusal(.packageWrongState, "This package was taken apart: its SSCC is on nothing.")
    }
    var to = [try row.text(3)]
    if let name = row.textOrNil(4), name != to[0] { to.append(name) }
    if let street = row.textOrNil(5) { to.append(street) }
    if let city = row.textOrNil(7) {
      to.append([row.textOrNil(6), city, row.textOrNil(8)].compactMap { $0 }.joined(separator: " "))
    }
    var facts = [LogisticLabel.Fact(name: "Order", value: try row.text(10))]
    if let po = row.textOrNil(9) { facts.insert(.init(name: "PO", value: po), at: 0) }
    facts.append(.init(name: "Shipment", value: try row.text(11)))
    // How many there are is known when all is packed.
    let isComplete = ["packed", "shipped"].contains(try row.text(14))
    let number = try row.int(12)
    facts.append(.init(name: "Package", value: isComplete ? "\(number) of \(try row.int(13))" : "\(number)"))
    return LogisticLabel(sscc: try SSCC(try row.text(0)), from: [try row.text(2)], to: to, facts: facts)
  }
}
