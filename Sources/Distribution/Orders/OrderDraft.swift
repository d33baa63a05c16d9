import BulkheadCore

/// An order whose references are all found: the customer, the warehouse, and each line's product and quantity.
struct OrderDraft: Sendable {
  let request: OrderRequest
  let terms: CustomerTerms
  let entity: LegalEntity
  let warehouse: Warehouse
  let lines: [MeasuredProduct]

  var products: [MentionedProduct] { lines.map(\.product) }
}

extension OrderDraft {
  /// Refuses, in this order: customer, duplicate PO number, currency, legal entity, warehouse, products, units,
  /// quantities.
  init(_ request: OrderRequest, lookup: ProductLookup, rows: [Rows]) throws(Refusal) {
    guard rows.count >= 2 else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "order lookup returned too little")
    }
    self.request = request
    terms = try CustomerTerms.check(try CustomerTerms(rows[0]), request.customer)
    if terms.hasOrderWithPO { throw ConstraintRefusals.duplicatePO }
    if let currency = request.currency, currency != terms.currency.code {
      throw Refusal(.currencyMismatch, "This customer buys in \(terms.currency.code).", at: "/currency")
    }
    guard let entity = terms.legalEntity else { throw LegalEntity.missing }
    self.entity = entity
    warehouse = try Warehouse(rows[1], asked: request.warehouse)
    lines = try MentionCheck.measure(
      try lookup.products(rows.dropFirst(2)), request.mentions, request.lines.map(\.quantity), pointer: "/lines")
  }
}
