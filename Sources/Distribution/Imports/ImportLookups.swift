import BulkheadCore

/// What the rows of a step name, looked up by code: one statement per table, however many rows.
enum ImportLookups {
  static let units = Statement("SELECT code FROM uom WHERE code = ANY ($1::text[])")
  static let categories = Statement("SELECT code, id FROM product_category WHERE code = ANY ($1::text[])")
  static let skus = Statement("SELECT sku FROM product WHERE sku = ANY ($1::text[])")
  static let gtins = Statement(
    """
    SELECT value FROM product_identifier
     WHERE scheme = 'gtin' AND party_key = '00000000-0000-0000-0000-000000000000' AND value = ANY ($1::text[])
    """)
  static let priceLists = Statement("SELECT code, id, currency FROM price_list WHERE code = ANY ($1::text[])")
  static let parties = Statement("SELECT code, id FROM party WHERE code = ANY ($1::text[])")
  static let customerGroups = Statement("SELECT code, id FROM customer_group WHERE code = ANY ($1::text[])")
}
