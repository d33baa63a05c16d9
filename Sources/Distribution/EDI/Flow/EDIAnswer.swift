import BulkheadCore

/// What the order desk made of an order, said in the units that the buyer ordered in.
enum EDIAnswer {
  /// The answer to a line that the order has.
  static func line(
    _ placed: PlacedOrder.Line, to ordered: PurchaseOrderDocument.Line
  ) throws(Refusal) -> PurchaseOrderAnswer.Line {
    let confirmed = try entered(try placed.reserved.adding(placed.shipped), of: placed)
    let backordered = try entered(placed.open, of: placed)
    let price = placed.enteredUnitPrice.flatMap { EDIDecimal($0.description) }
    var differences: [String] = []
    if backordered.isPositive { differences.append("\(confirmed) available, \(backordered) backordered") }
    if let expected = ordered.unitPrice, let price, expected != price {
      differences.append("price \(price.spelled(minimumScale: 2))")
    }
    return PurchaseOrderAnswer.Line(
      ordered: ordered, confirmed: confirmed, backordered: backordered, unitPrice: price ?? ordered.unitPrice,
      reason: differences.isEmpty ? nil : differences.joined(separator: "; "))
  }

  /// `quantity` of base units as a quantity of the unit that was ordered in, rounded to millionths.
  private static func entered(_ quantity: Quantity, of line: PlacedOrder.Line) throws(Refusal) -> EDIDecimal {
    guard
      let millionths = Rounding.product(
        Int128(quantity.millionths), Int128(line.enteredQuantity.millionths), over: Int128(line.ordered.millionths)),
      let decimal = EDIDecimal(try Quantity(millionths: millionths).description)
    else { throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "line \(line.id)") }
    return decimal
  }
}
