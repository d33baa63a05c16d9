import BulkheadCore
import BulkheadData

/// Products with their identifiers and unit conversions.
enum ProductRecords {
  static let insert = Statement(
    """
    INSERT INTO product (id, sku, name, base_uom, tracking, valuation, removal, category_id, shelf_life_days,
      hazard_code, weight_grams, volume_millilitres, tax_category, abc_class)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """)

  static let one = Statement(
    """
    SELECT id, sku, name, base_uom, tracking, valuation, removal, category_id, shelf_life_days, hazard_code,
           weight_grams, volume_millilitres, tax_category, abc_class, is_active, version
      FROM product WHERE id = $1
    """)

  /// `$2` active, NULL for any.
  static let list = Statement(
    """
    SELECT id, sku, name, base_uom, tracking, valuation, removal, category_id, shelf_life_days, hazard_code,
           weight_grams, volume_millilitres, tax_category, abc_class, is_active, version
      FROM product
     WHERE id > $1 AND ($2::boolean IS NULL OR is_active = $2)
     ORDER BY id LIMIT $3
    """)

  /// `$2` active, NULL for any; `$3` SKU.
  static let bySKU = Statement(
    """
    SELECT id, sku, name, base_uom, tracking, valuation, removal, category_id, shelf_life_days, hazard_code,
           weight_grams, volume_millilitres, tax_category, abc_class, is_active, version
      FROM product
     WHERE id > $1 AND ($2::boolean IS NULL OR is_active = $2) AND sku = $3
     ORDER BY id LIMIT $4
    """)

  /// Members that were not sent are NULL and stay; those that may be emptied have a flag that says whether they were.
  static let update = Statement(
    """
    UPDATE product SET name = coalesce($3, name), removal = coalesce($4, removal),
           category_id = CASE WHEN $5::boolean THEN $6 ELSE category_id END,
           shelf_life_days = CASE WHEN $7::boolean THEN $8 ELSE shelf_life_days END,
           tax_category = CASE WHEN $9::boolean THEN $10 ELSE tax_category END,
           abc_class = CASE WHEN $11::boolean THEN $12 ELSE abc_class END,
           is_active = coalesce($13::boolean, is_active), version = version + 1
     WHERE id = $1 AND version = $2
    """)

  static let exists = Statement("SELECT 1 FROM product WHERE id = $1")

  static let identifiers = Statement(
    """
    SELECT id, scheme, value, uom, party_id FROM product_identifier WHERE product_id = $1 ORDER BY scheme, value
    """)

  static let identifier = Statement("SELECT id, scheme, value, uom, party_id FROM product_identifier WHERE id = $1")

  /// Without a unit, the product's base unit.
  static let insertIdentifier = Statement(
    """
    INSERT INTO product_identifier (id, product_id, scheme, party_key, value, uom)
    SELECT $1::uuid, p.id, $3, coalesce($4::uuid, '00000000-0000-0000-0000-000000000000'), $5,
           coalesce($6, p.base_uom)
      FROM product AS p WHERE p.id = $2
    """)

  static let deleteIdentifier = Statement("DELETE FROM product_identifier WHERE id = $1 AND product_id = $2")

  static let conversions = Statement(
    """
    SELECT from_uom, to_uom, numerator, denominator FROM uom_conversion WHERE product_key = $1 ORDER BY from_uom
    """)

  static let insertConversion = Statement(
    """
    INSERT INTO uom_conversion (product_key, from_uom, to_uom, numerator, denominator)
    SELECT p.id, $2, p.base_uom, $3, $4 FROM product AS p WHERE p.id = $1
    """)

  /// Everything about one product: three queries for one round trip.
  static func queries(_ id: EntityID) -> [Query] {
    [Query(one, .id(id)), Query(identifiers, .id(id)), Query(conversions, .id(id))]
  }

  /// The answer of `queries` as JSON, with the version; `nil`: no such product.
  static func whole(_ rows: [Rows]) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 3, let row = rows[0].first, case .object(var members) = try product(row) else { return nil }
    var identifiers: [JSON] = []
    for row in rows[1] { identifiers.append(try identifier(row)) }
    var conversions: [JSON] = []
    for row in rows[2] { conversions.append(try conversion(row)) }
    members.append(.init("identifiers", .array(identifiers)))
    members.append(.init("unitConversions", .array(conversions)))
    return (.object(members), try row.int(15))
  }

  static func product(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "sku": .string(try row.text(1)), "name": .string(try row.text(2)),
      "baseUnit": .string(try row.text(3)), "tracking": .string(try row.text(4)),
      "valuation": .string(try row.text(5)), "removal": .string(try row.text(6)), "categoryId": row.jsonText(7),
      "shelfLifeDays": row.intOrNil(8).map { .int($0) } ?? .null, "hazardCode": row.jsonText(9),
      "weightGrams": row.isNull(10) ? .null : try row.quantity(10).json,
      "volumeMillilitres": row.isNull(11) ? .null : try row.quantity(11).json, "taxCategory": row.jsonText(12),
      "abcClass": row.jsonText(13), "isActive": .bool(try row.bool(14)), "version": .int(try row.int(15)),
    ]
  }

  static func identifier(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "scheme": .string(try row.text(1)), "value": .string(try row.text(2)),
      "unit": .string(try row.text(3)), "partyId": row.jsonText(4),
    ]
  }

  static func conversion(_ row: Row) throws(Refusal) -> JSON {
    [
      "unit": .string(try row.text(0)), "baseUnit": .string(try row.text(1)), "numerator": .int(try row.int(2)),
      "denominator": .int(try row.int(3)),
    ]
  }
}
