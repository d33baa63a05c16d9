import BulkheadCore
import BulkheadData

/// Tax codes, rates and rules, payment terms and what a customer is billed by.
enum TaxRecords {
  static let insertTerm = Statement(
    "INSERT INTO payment_term (id, code, name, days, is_default) VALUES ($1, $2, $3, $4, $5)")
  static let term = Statement("SELECT id, code, name, days, is_default FROM payment_term WHERE id = $1")
  static let terms = Statement(
    "SELECT id, code, name, days, is_default FROM payment_term WHERE id > $1 ORDER BY id LIMIT $2")

  static let insertCode = Statement("INSERT INTO tax_code (id, code, name) VALUES ($1, $2, $3)")
  static let code = Statement("SELECT id, code, name FROM tax_code WHERE id = $1")
  static let codes = Statement("SELECT id, code, name FROM tax_code WHERE id > $1 ORDER BY id LIMIT $2")

  /// Rates of one code change one after the other.
  static let lockCode = Statement("SELECT id FROM tax_code WHERE id = $1 FOR UPDATE")
  static let rates = Statement(
    """
    SELECT r.id, r.jurisdiction, r.percent, r.valid_from, r.valid_to FROM tax_rate AS r
     WHERE r.tax_code_id = $1 ORDER BY r.jurisdiction, r.valid_from LIMIT 1000
    """)
  static let laterRate = Statement(
    """
    SELECT 1 FROM tax_rate WHERE tax_code_id = $1 AND jurisdiction = $2 AND valid_from >= $3::date
    """)
  static let endRate = Statement(
    """
    UPDATE tax_rate SET valid_to = $3::date - 1
     WHERE tax_code_id = $1 AND jurisdiction = $2 AND valid_from < $3::date
       AND (valid_to IS NULL OR valid_to >= $3::date)
    """)
  static let insertRate = Statement(
    """
    INSERT INTO tax_rate (id, tax_code_id, jurisdiction, percent, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6)
    """)

  static let insertRule = Statement(
    """
    INSERT INTO tax_rule (id, legal_entity_id, tax_category, country, region, exemption, tax_code_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  static let rule = Statement(
    """
    SELECT id, legal_entity_id, tax_category, country, region, exemption, tax_code_id FROM tax_rule WHERE id = $1
    """)
  static let rules = Statement(
    """
    SELECT id, legal_entity_id, tax_category, country, region, exemption, tax_code_id FROM tax_rule
     WHERE id > $1 AND ($2::uuid IS NULL OR legal_entity_id = $2) ORDER BY id LIMIT $3
    """)
  static let deleteRule = Statement("DELETE FROM tax_rule WHERE id = $1")

  static let setRounding = Statement(
    """
    INSERT INTO tax_setting (legal_entity_id, rounding) VALUES ($1, $2)
    ON CONFLICT (legal_entity_id) DO UPDATE SET rounding = excluded.rounding
    """)

  static let setBilling = Statement(
    """
    INSERT INTO customer_billing
      (customer_id, payment_term_id, exemption, exemption_certificate, exemption_valid_to)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (customer_id) DO UPDATE
      SET payment_term_id = excluded.payment_term_id, exemption = excluded.exemption,
          exemption_certificate = excluded.exemption_certificate,
          exemption_valid_to = excluded.exemption_valid_to, version = customer_billing.version + 1
    """)
  static let billing = Statement(
    """
    SELECT p.id, p.kind, b.payment_term_id, b.exemption, b.exemption_certificate, b.exemption_valid_to
      FROM party AS p LEFT JOIN customer_billing AS b ON b.customer_id = p.id
     WHERE p.id = $1
    """)

  static func term(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2)),
      "days": .int(try row.int(3)), "isDefault": .bool(try row.bool(4)),
    ]
  }

  static func rate(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "jurisdiction": .string(try row.text(1)), "percent": try row.price(2).json,
      "validFrom": .string(try row.text(3)), "validTo": row.jsonText(4),
    ]
  }

  /// A code with its rates, from the answers of `code` and `rates`.
  static func whole(_ rows: [Rows]) throws(Refusal) -> JSON? {
    guard rows.count == 2, let row = rows[0].first else { return nil }
    var rates: [JSON] = []
    for rate in rows[1] { rates.append(try Self.rate(rate)) }
    return [
      "id": .id(try row.id(0)), "code": .string(try row.text(1)), "name": .string(try row.text(2)),
      "rates": .array(rates),
    ]
  }

  static func rule(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "legalEntityId": .id(try row.id(1)), "taxCategory": row.jsonText(2),
      "country": row.jsonText(3), "region": row.jsonText(4), "exemption": row.jsonText(5),
      "taxCodeId": row.jsonText(6),
    ]
  }

  static func billing(_ row: Row) throws(Refusal) -> JSON {
    [
      "partyId": .id(try row.id(0)), "paymentTermId": row.jsonText(2), "exemption": row.jsonText(3),
      "certificate": row.jsonText(4), "validTo": row.jsonText(5),
    ]
  }
}
