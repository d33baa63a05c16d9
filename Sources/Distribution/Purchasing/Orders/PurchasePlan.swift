import BulkheadCore

/// The lines of a purchase order with their prices. Pure.
struct PurchasePlan: Sendable {
  struct Line: Sendable {
    let measured: MeasuredProduct
    let price: PurchasePrice
    let receivable: Quantity
    let suggestion: EntityID?
    let amount: Money
  }

  let lines: [Line]
  let total: Money
  /// What contract lines are called off by.
  let releases: [(line: EntityID, quantity: Quantity)]

  /// The days that the slowest line takes.
  var leadTimeDays: Int64 { lines.map(\.price.leadTimeDays).max() ?? 0 }

  /// Refuses with `price.missing` for every line that neither a contract nor a list nor the buyer gives a price, and
  /// with `price.overflow`, `quantity.overflow` or `money.overflow`.
  init(
    _ request: PurchaseRequest, _ measured: [MeasuredProduct], book: PurchasePriceBook, tolerance: PurchaseTolerance,
    _ currency: Currency
  ) throws(Refusal) {
    var book = book
    var prices: [PurchasePrice?] = []
    for (line, found) in zip(request.lines, measured) {
      let manual = try line.unitPrice.map { price throws(Refusal) in
        try price.perBase(entered: found.entered, base: found.base)
      }
      prices.append(try book.price(found.product.id, found.base, manual: manual))
    }
    try MentionCheck.refuse(
      .priceMissing, "The supplier has no price for this: give unitPrice.", "/lines",
      prices.indices.filter { prices[$0] == nil })
    var lines: [Line] = []
    var total = Money(minor: 0, currency)
    for (index, (price, found)) in zip(prices.compactMap { $0 }, measured).enumerated() {
      let amount = try price.unitPrice.amount(of: found.base, in: currency)
      total = try total.adding(amount)
      lines.append(
        Line(
          measured: found, price: price, receivable: try tolerance.receivable(found.base),
          suggestion: request.lines[index].suggestion, amount: amount))
    }
    self.lines = lines
    self.total = total
    releases = book.releases
  }
}

extension UnitPrice {
  /// What one base unit costs when `entered` units at this price are `base` base units. Refuses with `price.overflow`.
  func perBase(entered: Quantity, base: Quantity) throws(Refusal) -> UnitPrice {
    guard let scaled = Rounding.product(scaled, Int128(entered.millionths), over: Int128(base.millionths)) else {
      throw Refusal(.priceOverflow, "The price has more than 12 digits before the point.")
    }
    return try UnitPrice(scaled: scaled)
  }
}
