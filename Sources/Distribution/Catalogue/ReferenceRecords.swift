import BulkheadCore
import BulkheadData

/// Units, categories, customer groups and legal entities.
enum ReferenceRecords {
  static let insertUnit = Statement("INSERT INTO uom (id, code, name) VALUES ($1, $2, $3)")
  static let unit = Statement("SELECT id, code, name FROM uom WHERE id = $1")
  static let units = Statement("SELECT id, code, name FROM uom WHERE id > $1 ORDER BY id LIMIT $2")

  static let insertGroup = Statement("INSERT INTO customer_group (id, code, name) VALUES ($1, $2, $3)")
  static let group = Statement("SELECT id, code, name FROM customer_group WHERE id = $1")
  static let groups = Statement("SELECT id, code, name FROM customer_group WHERE id > $1 ORDER BY id LIMIT $2")

  /// The lineage begins with the category itself; a parent that is not there leaves it so, and the foreign key refuses.
  static let insertCategory = Statement(
    """
    INSERT INTO product_category (id, code, name, parent_id, lineage)
    VALUES ($1, $2, $3, $4, ARRAY[$1::uuid] || coalesce(
      (SELECT parent.lineage FROM product_category AS parent WHERE parent.id = $4), '{}'::uuid[]))
    """)
  static let category = Statement("SELECT id, code, name, parent_id FROM product_category WHERE id = $1")
  static let categories = Statement(
    "SELECT id, code, name, parent_id FROM product_category WHERE id > $1 ORDER BY id LIMIT $2")

  static let insertLegalEntity = Statement(
    """
    INSERT INTO legal_entity (id, code, name, currency, tax_id, gln, fiscal_year_start_month, is_default)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)
  static let legalEntity = Statement(
    """
    SELECT id, code, name, currency, tax_id, gln, fiscal_year_start_month, is_default FROM legal_entity WHERE id = $1
    """)
  static let legalEntities = Statement(
    """
    SELECT id, code, name, currency, tax_id, gln, fiscal_year_start_month, is_default FROM legal_entity
     WHERE id > $1 ORDER BY id LIMIT $2
    """)

  static func codeAndName(_ row: Row) throws(Refusal) -> JSON {
    ["id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2))]
  }

  static func category(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2)),
      "parentId": row.jsonText(3),
    ]
  }

  static func legalEntity(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2)),
      "currency": .string(try row.text(3)), "taxId": row.jsonText(4), "gln": row.jsonText(5),
      "fiscalYearStartMonth": .int(try row.int(6)), "isDefault": .bool(try row.bool(7)),
    ]
  }
}
