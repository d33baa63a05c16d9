import BulkheadCore

/// What goes back of one line of a receipt, and what it had cost as it came. Pure.
///
/// What nobody has billed goes first: it is simply not owed. Only what is beyond that was billed, and has to be
/// credited. Each part takes its share of its own value, rounded half up; what empties a part takes all of it, so no
/// cent is left with nothing under it.
struct SupplierReturnSplit: Hashable, Sendable {
  /// A part of a receipt's line that can still go back.
  struct Part: Hashable, Sendable {
    let quantity: Quantity
    /// Minor units.
    let value: Int64
  }

  /// Not billed.
  let open: Part
  /// Billed: cleared from what was received and not invoiced, to be credited.
  let billed: Part

  /// At the cost of the receipt.
  var value: Int64 { open.value + billed.value }

  /// `nil` when less than `quantity` is left of both. Refuses with `quantity.overflow` or `money.overflow`.
  init?(_ quantity: Quantity, unbilled: Part, billed: Part) throws(Refusal) {
    let first = min(quantity, unbilled.quantity)
    let rest = try quantity.subtracting(first)
    guard rest <= billed.quantity else { return nil }
    self.open = try Self.share(first, of: unbilled)
    self.billed = try Self.share(rest, of: billed)
  }

  private static func share(_ quantity: Quantity, of part: Part) throws(Refusal) -> Part {
    guard quantity.isPositive else { return Part(quantity: .zero, value: 0) }
    guard quantity < part.quantity else { return part }
    guard
      let share = Rounding.product(
        Int128(part.value), Int128(quantity.millionths), over: Int128(part.quantity.millionths)),
      let value = Int64(exactly: share)
    else { throw Money.overflow }
    return Part(quantity: quantity, value: min(value, part.value))
  }
}
