import BulkheadCore

/// What comes back of a till order, and what for. Pure: the order's rows have been read under its lock.
struct RefundPlan: Sendable {
  struct Request: Sendable, Hashable {
    /// Number of the line that was sold.
    let line: Int
    /// Base units.
    let quantity: Quantity
    /// Whether the goods go back on the shelf; what is broken stays an expense.
    let restocks: Bool
  }

  struct Tax: Sendable, Hashable {
    let code: String
    let jurisdiction: String
    let percent: UnitPrice
    let minor: Int64
  }

  struct Sold: Sendable, Hashable {
    let id: EntityID
    let line: Int
    let productID: EntityID
    let unit: String
    let quantity: Quantity
    let returned: Quantity
    let unitPrice: UnitPrice
    let net: Int64
    let taxes: [Tax]
  }

  struct Goods: Sendable, Hashable {
    let id: EntityID
    let soldLineID: EntityID
    let productID: EntityID
    let unit: String
    let lotKey: EntityID
    let due: Quantity
    let quantity: Quantity
    let isPosted: Bool
    /// What was drawn for it, then and since.
    let cost: Int64
    let shortageID: EntityID?
    /// Of the shortage: still without a value, and given up.
    let open: Quantity
    let cancelled: Quantity
    let returned: Quantity
    let returnedMinor: Int64
  }

  struct Line: Sendable, Hashable {
    let sold: Sold
    let quantity: Quantity
    /// Positive, as it was sold.
    let net: Int64
    let taxes: [Tax]

    var tax: Int64 { taxes.reduce(0) { $0 + $1.minor } }
  }

  /// Goods that come back: at their value, without one, or before they were posted at all.
  struct Return: Sendable, Hashable {
    let goods: Goods
    var valued: Quantity = .zero
    var value: Int64 = 0
    var unvalued: Quantity = .zero
    var unposted: Quantity = .zero
    let line: Int
  }

  let lines: [Line]
  let returns: [Return]
  let net: Int64
  let tax: Int64
  /// Nothing of the order is left with the customer.
  let isWhole: Bool

  var total: Int64 { net + tax }

  /// Refuses with `reference.unknown` (a line the order does not have), `line.repeated`, `posRefund.beyondSold`.
  init(_ requests: [Request], sold: [Sold], goods: [Goods]) throws(Refusal) {
    let byLine = Dictionary(sold.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    try MentionCheck.refuse(
      .referenceUnknown, "The order has no such line.", "/lines",
      requests.indices.filter { byLine[requests[$0].line] == nil }
    ) { _ in "/line" }
    var seen: Set<Int> = []
    try MentionCheck.refuse(
      .lineRepeated, "Each line is named once.", "/lines",
      requests.indices.filter { !seen.insert(requests[$0].line).inserted }
    ) { _ in "/line" }
    var lines: [Line] = []
    var returns: [Return] = []
    var left: [EntityID: Quantity] = [:]
    for line in sold { left[line.id] = try line.quantity.subtracting(line.returned) }
    for (index, request) in requests.enumerated() {
      guard let line = byLine[request.line], let open = left[line.id] else { continue }
      guard request.quantity <= open else {
        throw Refusal(
          .posRefundBeyondSold, "Only \(open) of this line is left to come back.", at: "/lines/\(index)/quantity")
      }
      left[line.id] = try open.subtracting(request.quantity)
      lines.append(try Self.line(line, request.quantity))
      guard request.restocks else { continue }
      for row in goods where row.soldLineID == line.id {
        let back = try Self.back(row, line, request, at: index)
        if let back { returns.append(back) }
      }
    }
    self.lines = lines
    self.returns = returns
    net = try POSDraft.sum(lines.map(\.net))
    tax = try POSDraft.sum(lines.map(\.tax))
    isWhole = left.values.allSatisfy(\.isZero)
  }

  /// Shares are differences of rounded totals: whatever comes back in whatever steps adds up to what was sold.
  private static func line(_ sold: Sold, _ quantity: Quantity) throws(Refusal) -> Line {
    var taxes: [Tax] = []
    for tax in sold.taxes {
      taxes.append(
        Tax(
          code: tax.code, jurisdiction: tax.jurisdiction, percent: tax.percent,
          minor: try share(tax.minor, sold, quantity)))
    }
    return Line(sold: sold, quantity: quantity, net: try share(sold.net, sold, quantity), taxes: taxes)
  }

  private static func share(_ minor: Int64, _ sold: Sold, _ quantity: Quantity) throws(Refusal) -> Int64 {
    let (before, after) = try steps(Int128(minor), sold, quantity)
    return Int64(after - before)
  }

  private static func steps(
    _ amount: Int128, _ sold: Sold, _ quantity: Quantity
  ) throws(Refusal) -> (before: Int128, after: Int128) {
    let until = try sold.returned.adding(quantity)
    guard
      let before = Rounding.product(
        amount, Int128(sold.returned.millionths), over: Int128(sold.quantity.millionths)),
      let after = Rounding.product(amount, Int128(until.millionths), over: Int128(sold.quantity.millionths))
    else { throw Money.overflow }
    return (before, after)
  }

  /// What is not valued yet comes back first: it never cost anything.
  private static func back(
    _ row: Goods, _ sold: Sold, _ request: Request, at index: Int
  ) throws(Refusal) -> Return? {
    let (before, after) = try steps(Int128(row.due.millionths), sold, request.quantity)
    var share = try Quantity(millionths: after - before)
    var back = Return(goods: row, line: index)
    guard row.isPosted else {
      back.unposted = min(share, row.quantity)
      return back.unposted.isPositive ? back : nil
    }
    back.unvalued = min(share, row.open)
    share = try share.subtracting(back.unvalued)
    let pool = try row.quantity.subtracting(row.open).subtracting(row.cancelled).subtracting(row.returned)
    back.valued = min(share, pool)
    if back.valued == pool {
      back.value = row.cost - row.returnedMinor
    } else {
      guard
        let value = Rounding.product(
          Int128(row.cost - row.returnedMinor), Int128(back.valued.millionths), over: Int128(pool.millionths)),
        let minor = Int64(exactly: value)
      else { throw Money.overflow }
      back.value = minor
    }
    return back.valued.isPositive || back.unvalued.isPositive ? back : nil
  }
}
