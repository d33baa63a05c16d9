import BulkheadCore
import BulkheadData

/// What a customer would pay, with the whole way to each price, without ordering.
enum PriceQuote {
  static let linesMax = OrderRequest.linesMax

  struct Request: Sendable {
    let customer: PartyReference
    let day: CivilDate
    let lines: [(mention: ProductMention, quantity: Quantity)]
  }

  /// Two round trips. Refuses like `OrderDesk.place` up to `price.missing`.
  static func answer(_ request: Request, in tenant: Tenant) async throws -> JSON {
    let mentions = request.lines.map(\.mention)
    let lookup = try ProductLookup(mentions, customer: request.customer, pointer: "/lines")
    let found = try await tenant.read([CustomerTerms.query(request.customer)] + lookup.queries)
    let terms = try CustomerTerms.check(
      try found.first.flatMap { rows throws(Refusal) in try CustomerTerms(rows) },
      request.customer)
    let lines = try MentionCheck.measure(
      try lookup.products(found.dropFirst()), mentions, request.lines.map(\.quantity), pointer: "/lines")
    let rules = try await tenant.read(PriceRule.query(terms, lines.map(\.product), on: request.day))[0]
    let book = PriceBook(try rules.map { row in try PriceRule(row) }, lists: terms.priceLists)

    var total = Money(minor: 0, terms.currency)
    var answers: [JSON] = []
    var missing: [Int] = []
    for (index, line) in lines.enumerated() {
      let decision = try book.decide(
        product: line.product.id, categories: line.product.categories, quantity: line.base)
      guard let decision else {
        missing.append(index)
        continue
      }
      let amount = try decision.price.amount(of: line.base, in: terms.currency)
      total = try total.adding(amount)
      answers.append(json(line, decision, amount))
    }
    try MentionCheck.refuse(
      .priceMissing, "No price list or contract of this customer has a price for the product.", "/lines", missing)
    return [
      "customerId": .id(terms.id), "date": .string(request.day.description), "total": total.json,
      "lines": .array(answers),
    ]
  }

  private static func json(_ line: MeasuredProduct, _ decision: PriceDecision, _ amount: Money) -> JSON {
    [
      "productId": .id(line.product.id), "sku": .string(line.product.sku), "quantity": line.entered.json,
      "unit": .string(line.product.unit), "baseQuantity": line.base.json, "baseUnit": .string(line.product.baseUnit),
      "listPrice": decision.listPrice.json, "unitPrice": decision.price.json,
      "source": .string(decision.source.rawValue), "priceRuleId": .id(decision.ruleID),
      "priceSteps": .array(decision.steps.map(\.json)), "amount": .string(amount.text),
    ]
  }
}
