import BulkheadCore
import BulkheadData

/// Customers, suppliers and carriers with their addresses and credit.
enum PartyRecords {
  static let insert = Statement(
    """
    INSERT INTO party (id, code, kind, legal_name, gln, tax_id, currency, customer_group_id, price_list_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)

  /// Every customer has one, with or without a limit: its row is the lock of the credit check.
  static let insertCredit = Statement(
    "INSERT INTO credit_account (customer_id, currency, limit_minor) VALUES ($1, $2, $3)")

  static let insertAddress = Statement(
    """
    INSERT INTO party_address (id, party_id, kind, name, street, city, region, postal_code, country, gln)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """)

  static let deleteAddress = Statement("DELETE FROM party_address WHERE id = $1 AND party_id = $2")

  static let one = Statement(
    """
    SELECT p.id, p.code, p.kind, p.legal_name, p.gln, p.tax_id, p.currency, p.customer_group_id, p.price_list_id,
           p.hold_code, p.is_active, p.version, c.customer_id, c.limit_minor, c.open_receivable_minor, c.unbilled_minor,
           c.open_orders_minor
      FROM party AS p LEFT JOIN credit_account AS c ON c.customer_id = p.id
     WHERE p.id = $1
    """)

  /// `$2` kind, NULL for any.
  static let list = Statement(
    """
    SELECT p.id, p.code, p.kind, p.legal_name, p.gln, p.tax_id, p.currency, p.customer_group_id, p.price_list_id,
           p.hold_code, p.is_active, p.version
      FROM party AS p
     WHERE p.id > $1 AND ($2::text IS NULL OR p.kind = $2)
     ORDER BY p.id LIMIT $3
    """)

  /// `$2` kind, NULL for any; `$3` code.
  static let byCode = Statement(
    """
    SELECT p.id, p.code, p.kind, p.legal_name, p.gln, p.tax_id, p.currency, p.customer_group_id, p.price_list_id,
           p.hold_code, p.is_active, p.version
      FROM party AS p
     WHERE p.id > $1 AND ($2::text IS NULL OR p.kind = $2) AND p.code = $3
     ORDER BY p.id LIMIT $4
    """)

  static let addresses = Statement(
    """
    SELECT id, kind, name, street, city, region, postal_code, country, gln FROM party_address
     WHERE party_id = $1 ORDER BY id
    """)

  static let update = Statement(
    """
    UPDATE party SET legal_name = coalesce($3, legal_name), is_active = coalesce($4::boolean, is_active),
           hold_code = CASE WHEN $5::boolean THEN $6 ELSE hold_code END,
           customer_group_id = CASE WHEN $7::boolean THEN $8 ELSE customer_group_id END,
           price_list_id = CASE WHEN $9::boolean THEN $10 ELSE price_list_id END,
           tax_id = CASE WHEN $11::boolean THEN $12 ELSE tax_id END, version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let exists = Statement("SELECT 1 FROM party WHERE id = $1")

  static let currency = Statement(
    "SELECT p.currency FROM party AS p JOIN credit_account AS c ON c.customer_id = p.id WHERE p.id = $1")

  static let updateLimit = Statement(
    "UPDATE credit_account SET limit_minor = $2, version = version + 1 WHERE customer_id = $1")

  /// Everything about one party: two queries for one round trip.
  static func queries(_ id: EntityID) -> [Query] { [Query(one, .id(id)), Query(addresses, .id(id))] }

  /// The answer of `queries` as JSON, with the version; `nil`: no such party.
  static func whole(_ rows: [Rows]) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 2, let row = rows[0].first, case .object(var members) = try party(row) else { return nil }
    var addresses: [JSON] = []
    for row in rows[1] { addresses.append(try address(row)) }
    members.append(.init("addresses", .array(addresses)))
    members.append(.init("credit", try credit(row)))
    return (.object(members), try row.int(11))
  }

  static func party(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "kind": .string(try row.text(2)),
      "legalName": .string(try row.text(3)), "gln": row.jsonText(4), "taxId": row.jsonText(5),
      "currency": .string(try row.text(6)), "customerGroupId": row.jsonText(7), "priceListId": row.jsonText(8),
      "holdCode": row.jsonText(9), "isActive": .bool(try row.bool(10)), "version": .int(try row.int(11)),
    ]
  }

  private static func credit(_ row: Row) throws(Refusal) -> JSON {
    guard !row.isNull(12) else { return .null }
    let currency = try row.currency(6)
    return [
      "limit": row.isNull(13) ? .null : try row.money(13, currency).json,
      "openReceivable": try row.money(14, currency).json, "unbilled": try row.money(15, currency).json,
      "openOrders": try row.money(16, currency).json,
    ]
  }

  private static func address(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "kind": .string(try row.text(1)), "name": .string(try row.text(2)),
      "street": .string(try row.text(3)), "city": .string(try row.text(4)), "region": row.jsonText(5),
      "postalCode": row.jsonText(6), "country": .string(try row.text(7)), "gln": row.jsonText(8),
    ]
  }
}
