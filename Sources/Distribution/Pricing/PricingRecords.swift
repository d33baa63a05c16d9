import BulkheadCore
import BulkheadData

/// Price lists, contracts and rules.
enum PricingRecords {
  static let insertList = Statement(
    """
    INSERT INTO price_list (id, code, name, currency, parent_id, is_default, lineage)
    VALUES ($1, $2, $3, $4, $5, $6, ARRAY[$1::uuid] || coalesce(
      (SELECT parent.lineage FROM price_list AS parent WHERE parent.id = $5), '{}'::uuid[]))
    """)

  static let list = Statement(
    "SELECT id, code, name, currency, parent_id, is_default FROM price_list WHERE id = $1")

  static let lists = Statement(
    """
    SELECT id, code, name, currency, parent_id, is_default FROM price_list WHERE id > $1 ORDER BY id LIMIT $2
    """)

  static let insertContract = Statement(
    """
    INSERT INTO customer_contract (id, customer_id, code, currency, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)

  static let contract = Statement(
    """
    SELECT id, code, customer_id, currency, valid_from, valid_to, state, version FROM customer_contract WHERE id = $1
    """)

  /// `$2` customer, NULL for any.
  static let contracts = Statement(
    """
    SELECT id, code, customer_id, currency, valid_from, valid_to, state, version FROM customer_contract
     WHERE id > $1 AND ($2::uuid IS NULL OR customer_id = $2)
     ORDER BY id LIMIT $3
    """)

  static let endContract = Statement(
    "UPDATE customer_contract SET state = 'closed', version = version + 1 WHERE id = $1 AND state = 'running'")

  static let insertRule = Statement(
    """
    INSERT INTO price_rule (id, source, price_list_id, customer_id, customer_group_id, contract_id, scope, product_id,
      category_id, currency, kind, value, surcharge, rounding, min_qty, priority, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    """)

  static let rule = Statement(
    """
    SELECT id, source, price_list_id, customer_id, customer_group_id, contract_id, scope, product_id, category_id,
           currency, kind, value, surcharge, rounding, min_qty, priority, valid_from, valid_to
      FROM price_rule WHERE id = $1
    """)

  /// `$2` product, NULL for any.
  static let rules = Statement(
    """
    SELECT id, source, price_list_id, customer_id, customer_group_id, contract_id, scope, product_id, category_id,
           currency, kind, value, surcharge, rounding, min_qty, priority, valid_from, valid_to
      FROM price_rule
     WHERE id > $1 AND ($2::uuid IS NULL OR product_id = $2)
     ORDER BY id LIMIT $3
    """)

  /// `$2` product, NULL for any; `$3` the list, customer or group that holds the rules.
  static let rulesOfHolder = Statement(
    """
    SELECT id, source, price_list_id, customer_id, customer_group_id, contract_id, scope, product_id, category_id,
           currency, kind, value, surcharge, rounding, min_qty, priority, valid_from, valid_to
      FROM price_rule
     WHERE id > $1 AND ($2::uuid IS NULL OR product_id = $2) AND holder_id = $3
     ORDER BY id LIMIT $4
    """)

  static let endRule = Statement("UPDATE price_rule SET valid_to = $2 WHERE id = $1")

  static func list(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2)),
      "currency": .string(try row.text(3)), "parentId": row.jsonText(4), "isDefault": .bool(try row.bool(5)),
    ]
  }

  static func contract(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "customerId": .id(try row.id(2)),
      "currency": .string(try row.text(3)), "validFrom": row.jsonText(4), "validTo": row.jsonText(5),
      "state": .string(try row.text(6)), "version": .int(try row.int(7)),
    ]
  }

  static func rule(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "source": .string(try row.text(1)), "priceListId": row.jsonText(2),
      "customerId": row.jsonText(3), "customerGroupId": row.jsonText(4), "contractId": row.jsonText(5),
      "scope": .string(try row.text(6)), "productId": row.jsonText(7), "categoryId": row.jsonText(8),
      "currency": .string(try row.text(9)), "kind": .string(try row.text(10)), "value": try row.price(11).json,
      "surcharge": try row.price(12).json, "rounding": try row.priceOrNil(13)?.json ?? .null,
      "minQuantity": try row.quantity(14).json, "priority": .int(try row.int(15)), "validFrom": row.jsonText(16),
      "validTo": row.jsonText(17),
    ]
  }
}
