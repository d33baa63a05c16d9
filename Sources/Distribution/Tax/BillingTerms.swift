import BulkheadCore
import BulkheadData

/// All that an invoice to one customer needs besides its lines: who, where to, when due, which taxes.
struct BillingTerms: Sendable {
  let customerID: EntityID
  let customerCode: String
  let currency: Currency
  let buys: Bool
  let country: String?
  let region: String?
  let exemption: String?
  let invoiceOn: CivilDate
  let dueOn: CivilDate
  let rounding: TaxRounding
  let rules: [TaxRule]
  /// Rates that hold on the day of the invoice, by tax code.
  let rates: [EntityID: [TaxRate]]

  /// Two queries for one round trip. The goods' own address decides the tax: the one asked for, else the customer's
  /// first of kind ship_to.
  static func queries(
    _ customer: PartyReference, _ entity: LegalEntity, address: EntityID?, on day: CivilDate
  ) -> [Query] {
    [
      Query(
        statement, .optional(customer.id), .optional(customer.code), .id(entity.id), .optional(address), .date(day)),
      Query(rulesStatement, .id(entity.id)), Query(ratesStatement, .date(day)),
    ]
  }

  /// How many results `queries` has.
  static let count = 3

  /// The answer of `queries`; `nil` when there is no such customer. Refuses with `reference.unknown` when the address
  /// asked for is not this customer's.
  init?(_ rows: ArraySlice<Rows>, address: EntityID?, on day: CivilDate) throws(Refusal) {
    let start = rows.startIndex
    guard let row = rows[start].first else { return nil }
    customerID = try row.id(0)
    customerCode = try row.text(1)
    let kind = try row.text(2)
    buys = kind == "customer" || kind == "both"
    currency = try row.currency(3)
    guard address == nil || !row.isNull(5) else {
      throw Refusal(.referenceUnknown, "The customer has no such address.", at: "/shipToAddressId")
    }
    country = row.textOrNil(5)
    region = row.textOrNil(6)
    exemption = row.textOrNil(4)
    invoiceOn = day
    dueOn = try CivilDate(try row.text(7))
    rounding = row.isNull(8) ? .document : try row.known(8)
    var rules: [TaxRule] = []
    for row in rows[start + 1] {
      rules.append(
        TaxRule(
          id: try row.id(0), category: row.textOrNil(1), country: row.textOrNil(2), region: row.textOrNil(3),
          exemption: row.textOrNil(4), codeID: row.idOrNil(5)))
    }
    self.rules = rules
    var rates: [EntityID: [TaxRate]] = [:]
    for row in rows[start + 2] {
      rates[try row.id(0), default: []].append(
        TaxRate(code: try row.text(1), jurisdiction: try row.text(2), percent: try row.price(3)))
    }
    self.rates = rates
  }

  private static let statement = Statement(
    """
    SELECT p.id, p.code, p.kind, p.currency,
           CASE WHEN b.exemption_valid_to IS NULL OR b.exemption_valid_to >= $5::date THEN b.exemption END,
           place.country, place.region, $5::date + coalesce(term.days, 0), setting.rounding
      FROM party AS p
      LEFT JOIN customer_billing AS b ON b.customer_id = p.id
      LEFT JOIN payment_term AS term ON term.id = CASE WHEN b.payment_term_id IS NOT NULL THEN b.payment_term_id
        ELSE (SELECT d.id FROM payment_term AS d WHERE d.is_default) END
      LEFT JOIN party_address AS place ON place.party_id = p.id
        AND place.id = CASE WHEN $4::uuid IS NOT NULL THEN $4::uuid
          ELSE (SELECT a.id FROM party_address AS a WHERE a.party_id = p.id AND a.kind = 'ship_to'
                 ORDER BY a.id LIMIT 1) END
      LEFT JOIN tax_setting AS setting ON setting.legal_entity_id = $3
     WHERE p.id = CASE WHEN $1::uuid IS NOT NULL THEN $1::uuid
       ELSE (SELECT c.id FROM party AS c WHERE c.code = $2) END
    """)

  private static let rulesStatement = Statement(
    """
    SELECT id, tax_category, country, region, exemption, tax_code_id FROM tax_rule WHERE legal_entity_id = $1
     ORDER BY id
    """)

  private static let ratesStatement = Statement(
    """
    SELECT c.id, c.code, r.jurisdiction, r.percent
      FROM tax_code AS c JOIN tax_rate AS r ON r.tax_code_id = c.id
     WHERE r.valid_from <= $1::date AND (r.valid_to IS NULL OR r.valid_to >= $1::date)
     ORDER BY c.id, r.jurisdiction
    """)
}

extension BillingTerms {
  /// The rule and the rates for goods of `category`. A legal entity without any rule charges no tax; one with rules
  /// that do not cover the case is refused with `tax.ruleMissing`, so that nobody forgets one. A code that has no rate
  /// on the day is refused with `tax.rateMissing`.
  func taxes(_ category: String?) throws(Refusal) -> (rule: EntityID?, rates: [TaxRate]) {
    guard !rules.isEmpty else { return (nil, []) }
    let subject = TaxRule.Subject(category: category, country: country, region: region, exemption: exemption)
    guard let rule = TaxRule.decide(rules, subject) else {
      throw Refusal(
        .taxRuleMissing,
        "No tax rule covers category \(category ?? "none") shipped to \(country ?? "an unknown country").")
    }
    guard let code = rule.codeID else { return (rule.id, []) }
    guard let rates = rates[code], !rates.isEmpty else {
      throw Refusal(.taxRateMissing, "The tax code of this case has no rate on \(invoiceOn).")
    }
    return (rule.id, rates)
  }
}
