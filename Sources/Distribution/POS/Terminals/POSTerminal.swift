import BulkheadCore
import BulkheadData

/// When a till's goods leave the books.
enum POSStockPosting: String, Sendable, CaseIterable {
  case order
  /// All together when the session is closed: nothing locks stock while customers wait.
  case session
}

/// The tills of a tenant.
enum POSTerminal {
  static let insert = Statement(
    """
    INSERT INTO pos_terminal (id, code, name, legal_entity_id, warehouse_id, location_id, price_list_id,
      prices_include_tax, country, region, stock_posting)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """)

  static let one = Statement(
    """
    SELECT t.id, t.code, t.name, t.legal_entity_id, t.warehouse_id, t.location_id, place.code, t.price_list_id,
           t.prices_include_tax, t.country, t.region, t.stock_posting, t.is_active, t.version
      FROM pos_terminal AS t JOIN location AS place ON place.id = t.location_id
     WHERE t.id = $1
    """)

  static let list = Statement(
    """
    SELECT t.id, t.code, t.name, t.legal_entity_id, t.warehouse_id, t.location_id, place.code, t.price_list_id,
           t.prices_include_tax, t.country, t.region, t.stock_posting, t.is_active, t.version
      FROM pos_terminal AS t JOIN location AS place ON place.id = t.location_id
     WHERE t.id > $1 ORDER BY t.id LIMIT $2
    """)

  static let update = Statement(
    """
    UPDATE pos_terminal SET name = coalesce($3, name), price_list_id = coalesce($4::uuid, price_list_id),
           prices_include_tax = coalesce($5::boolean, prices_include_tax),
           stock_posting = coalesce($6, stock_posting), is_active = coalesce($7::boolean, is_active),
           version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let exists = Statement("SELECT 1 FROM pos_terminal WHERE id = $1")

  /// The list asked for, or the default of the currency.
  static let priceList = Statement(
    """
    SELECT id, currency FROM price_list
     WHERE CASE WHEN $1::uuid IS NOT NULL THEN id = $1 ELSE is_default AND currency = $2 END
    """)

  static let place = Statement(
    "SELECT id, warehouse_id, type, allow_negative FROM location WHERE id = $1 AND is_active")

  static func json(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2)),
      "legalEntityId": .id(try row.id(3)), "warehouseId": .id(try row.id(4)), "locationId": .id(try row.id(5)),
      "location": .string(try row.text(6)), "priceListId": .id(try row.id(7)),
      "pricesIncludeTax": .bool(try row.bool(8)), "country": row.jsonText(9), "region": row.jsonText(10),
      "stockPosting": .string(try row.text(11)), "isActive": .bool(try row.bool(12)), "version": .int(try row.int(13)),
    ]
  }
}
