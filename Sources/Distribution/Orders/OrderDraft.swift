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
    try self.init(
      request, terms: try CustomerTerms(rows[0]), warehouse: rows[1].first, lookup.products(rows.dropFirst(2)))
  }

  /// `warehouse`: what was found for the one that the request names, or for the default; `products`: one for each line.
  init(
    _ request: OrderRequest, terms found: CustomerTerms?, warehouse row: Row?, _ products: [MentionedProduct?]
  ) throws(Refusal) {
    self.request = request
    terms = try CustomerTerms.check(found, request.customer)
    if terms.hasOrderWithPO { throw ConstraintRefusals.duplicatePO }
    if let currency = request.currency, currency != terms.currency.code {
      throw Refusal(.currencyMismatch, "This customer buys in \(terms.currency.code).", at: "/currency")
    }
    guard let entity = terms.legalEntity else { throw LegalEntity.missing }
    self.entity = entity
    warehouse = try Warehouse(row, asked: request.warehouse)
    lines = try MentionCheck.measure(
      products, request.mentions, request.lines.map(\.quantity), pointer: "/lines")
  }
}
