import BulkheadCore
import BulkheadData

/// An order whose references are found, priced and taxed. Pure: everything it needs has been read.
struct POSDraft: Sendable {
  struct Line: Sendable {
    let id: EntityID
    let measured: MeasuredProduct
    let request: POSRequest.Line
    let price: UnitPrice
    let listPrice: UnitPrice?
    let taxed: POSTax.Taxed
  }

  let id: EntityID
  let lines: [Line]
  let net: Int64
  let tax: Int64
  var total: Int64 { net + tax }

  /// What the second round trip reads: price rules, tax rules and rates, tax categories, on the day of the sale.
  static func queries(_ session: LockedSession, _ products: [MentionedProduct], on day: CivilDate) -> [Query] {
    var subjects: Set<EntityID> = [.zero]
    for product in products {
      subjects.insert(product.id)
      subjects.formUnion(product.categories)
    }
    return [
      Query(
        PriceRule.statement, .ids(session.priceLists), .ids(subjects.sorted()), .text(session.entity.currency.code),
        .date(day)),
      Query(POSStatements.taxCategories, .ids(Set(products.map(\.id)).sorted())),
    ] + TillTaxes.queries(session.entity, on: day)
  }

  static let count = 2 + TillTaxes.count

  /// Refuses, in this order: `price.missing`, `money.overflow`, `tax.ruleMissing`, `tax.rateMissing`. An order that was
  /// taken offline is not refused for want of a tax rule: it is not taxed.
  init(
    _ request: POSRequest, _ session: LockedSession, _ measured: [MeasuredProduct], rows: ArraySlice<Rows>,
    on day: CivilDate, _ ambient: Ambient
  ) throws(Refusal) {
    let start = rows.startIndex
    var rules: [PriceRule] = []
    for row in rows[start] { rules.append(try PriceRule(row)) }
    let book = PriceBook(rules, lists: session.priceLists)
    var categories: [EntityID: String] = [:]
    for row in rows[start + 1] { categories[try row.id(0)] = row.textOrNil(1) }
    let taxes = try TillTaxes(rows[(start + 2)...], session, on: day)

    var decided: [UnitPrice?] = []
    for line in measured {
      decided.append(
        try book.decide(
          product: line.product.id, categories: line.product.categories, quantity: line.base)?.price)
    }
    try MentionCheck.refuse(
      .priceMissing, "The till's price list has no price for the product.", "/lines",
      measured.indices.filter { decided[$0] == nil && request.lines[$0].unitPrice == nil })
    var prices: [UnitPrice] = []
    var taxable: [POSTax.Line] = []
    for (index, line) in measured.enumerated() {
      let price = request.lines[index].unitPrice ?? decided[index] ?? .zero
      do throws(Refusal) {
        let amount = try price.amount(of: line.base, in: session.entity.currency)
        let category = categories[line.product.id]
        let rates = request.isOffline ? taxes.ratesIfKnown(category) : try taxes.rates(category)
        taxable.append(POSTax.Line(amount: amount.minor, rates: rates))
      } catch { throw Refusal(error.code, error.detail, at: "/lines/\(index)") }
      prices.append(price)
    }
    let taxed = try POSTax.taxed(taxable, includesTax: session.includesTax, taxes.rounding)
    id = ambient.makeID()
    lines = measured.indices.map { index in
      Line(
        id: ambient.makeID(), measured: measured[index], request: request.lines[index], price: prices[index],
        listPrice: decided[index], taxed: taxed[index])
    }
    net = try Self.sum(taxed.map(\.net))
    tax = try Self.sum(taxed.map(\.tax))
    guard !net.addingReportingOverflow(tax).overflow else { throw Money.overflow }
  }

  static func sum(_ values: [Int64]) throws(Refusal) -> Int64 {
    var total: Int64 = 0
    for value in values {
      let (sum, overflow) = total.addingReportingOverflow(value)
      guard !overflow else { throw Money.overflow }
      total = sum
    }
    return total
  }
}

/// The tax rules of a till: it stands in one place and its customers are nobody in particular.
struct TillTaxes: Sendable {
  let rounding: TaxRounding
  private let rules: [TaxRule]
  private let rates: [EntityID: [TaxRate]]
  private let country: String?
  private let region: String?
  private let day: CivilDate

  static func queries(_ entity: LegalEntity, on day: CivilDate) -> [Query] {
    [
      Query(rulesStatement, .id(entity.id)), Query(ratesStatement, .date(day)),
      Query(roundingStatement, .id(entity.id)),
    ]
  }

  static let count = 3

  init(_ rows: ArraySlice<Rows>, _ session: LockedSession, on day: CivilDate) throws(Refusal) {
    let start = rows.startIndex
    var rules: [TaxRule] = []
    for row in rows[start] {
      rules.append(
        TaxRule(
          id: try row.id(0), category: row.textOrNil(1), country: row.textOrNil(2), region: row.textOrNil(3),
          exemption: row.textOrNil(4), codeID: row.idOrNil(5)))
    }
    var rates: [EntityID: [TaxRate]] = [:]
    for row in rows[start + 1] {
      rates[try row.id(0), default: []].append(
        TaxRate(code: try row.text(1), jurisdiction: try row.text(2), percent: try row.price(3)))
    }
    (self.rules, self.rates, country, region, self.day) = (rules, rates, session.country, session.region, day)
    if let row = rows[start + 2].first { rounding = try row.known(0) } else { rounding = .document }
  }

  /// As for an invoice: no rule at all means no tax; rules that do not cover the case are refused with
  /// `tax.ruleMissing`, a code without a rate on the day with `tax.rateMissing`.
  func rates(_ category: String?) throws(Refusal) -> [TaxRate] {
    guard !rules.isEmpty else { return [] }
    guard let rule = decide(category) else {
      throw Refusal(
        .taxRuleMissing, "No tax rule covers category \(category ?? "none") in \(country ?? "an unknown country").")
    }
    guard let code = rule.codeID else { return [] }
    guard let found = rates[code], !found.isEmpty else {
      throw Refusal(.taxRateMissing, "The tax code of this case has no rate on \(day).")
    }
    return found
  }

  func ratesIfKnown(_ category: String?) -> [TaxRate] {
    decide(category)?.codeID.flatMap { rates[$0] } ?? []
  }

  private func decide(_ category: String?) -> TaxRule? {
    TaxRule.decide(
      rules, TaxRule.Subject(category: category, country: country, region: region, exemption: nil))
  }

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

  private static let roundingStatement = Statement("SELECT rounding FROM tax_setting WHERE legal_entity_id = $1")
}
