import BulkheadCore

/// What a customer is to pay for a part of an order line. Pure.
///
/// Each part is the difference of two rounded sums, so however a line is split, its parts add up to its amount to the
/// minor unit.
enum ShipmentAmount {
  /// The part of `amount`, the price of `billable`, that `quantity` more adds after `before`.
  static func part(
    of amount: Int64, billable: Quantity, before: Quantity, quantity: Quantity
  ) throws(Refusal) -> Int64 {
    let after = try before.adding(quantity)
    return try sum(amount, billable, after) - sum(amount, billable, before)
  }

  private static func sum(_ amount: Int64, _ billable: Quantity, _ quantity: Quantity) throws(Refusal) -> Int64 {
    guard quantity < billable else { return amount }
    guard
      let share = Rounding.product(Int128(amount), Int128(quantity.millionths), over: Int128(billable.millionths)),
      let minor = Int64(exactly: share)
    else { throw Money.overflow }
    return minor
  }
}
