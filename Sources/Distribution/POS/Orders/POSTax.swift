import BulkheadCore

/// Taxes of a till's lines, whose prices may hold the tax already. Pure, in minor units.
enum POSTax {
  struct Line: Sendable, Hashable {
    /// Quantity at the price charged; never negative.
    let amount: Int64
    let rates: [TaxRate]
  }

  struct Taxed: Sendable, Hashable {
    let net: Int64
    let parts: [TaxPart]

    /// Parts of a line's amount: their sum fits as the amount did.
    var tax: Int64 { parts.reduce(0) { $0 + $1.tax } }
  }

  /// The lines in their order. Refuses with `money.overflow`.
  static func taxed(_ lines: [Line], includesTax: Bool, _ rounding: TaxRounding) throws(Refusal) -> [Taxed] {
    guard includesTax else {
      let parts = try TaxComputation.parts(
        lines.map { TaxComputation.Line(net: $0.amount, rates: $0.rates) }, rounding)
      return zip(lines, parts).map { Taxed(net: $0.amount, parts: $1) }
    }
    var taxed: [Taxed] = []
    for line in lines { taxed.append(try included(line)) }
    return taxed
  }

  /// The tax is taken out of what the customer pays, line by line, because that is what the shelf says: of a price with
  /// 19 percent in it, 19/119. Several rates share it by their percentages.
  private static func included(_ line: Line) throws(Refusal) -> Taxed {
    let whole: Int128 = 100 * UnitPrice.one
    let percent = line.rates.reduce(Int128(0)) { $0 + $1.percent.scaled }
    guard let tax = Rounding.product(Int128(line.amount), percent, over: whole + percent),
      let minor = Int64(exactly: tax)
    else { throw Money.overflow }
    let net = line.amount - minor
    guard percent > 0, let shares = LargestRemainder.divide(minor, by: line.rates.map(\.percent.scaled)) else {
      return Taxed(net: line.amount, parts: line.rates.map { TaxPart(rate: $0, base: line.amount, tax: 0) })
    }
    return Taxed(net: net, parts: zip(line.rates, shares).map { TaxPart(rate: $0, base: net, tax: $1) })
  }
}
