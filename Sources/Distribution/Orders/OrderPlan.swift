import BulkheadCore

/// What becomes of an order: prices, credit, allocation. Pure: everything it needs has been read and locked, and what
/// it decides is written by `OrderWriter`.
struct OrderPlan: Sendable {
  struct Line: Sendable {
    let measured: MeasuredProduct
    let request: OrderRequest.Line
    let price: PriceDecision
    let open: Quantity
    let reserved: Quantity
    let backordered: Quantity
    let cancelled: Quantity
    /// Price of what is ordered and not cancelled.
    let amount: Money
  }

  let status: OrderStatus
  let holdCode: HoldCode?
  let lines: [Line]
  let total: Money
  let takes: [Allocation.Take]

  /// What the order adds to the customer's open orders.
  var exposure: Int64 { status == .confirmed ? total.minor : 0 }

  /// Refuses with `price.missing` or `money.overflow`. An order over the credit limit is not refused: it is accepted
  /// on hold, as credit departments expect, and nothing is reserved for it.
  init(
    _ draft: OrderDraft, prices: PriceBook, credit: CreditPosition, stock: [FreeStock], on day: CivilDate
  ) throws(Refusal) {
    let decisions = try Self.price(draft, prices)
    let currency = draft.terms.currency
    if draft.request.hold == nil, draft.terms.holdCode == nil {
      let demands = draft.lines.enumerated().map { index, line in
        Allocation.Demand(
          line: index, productID: line.product.id, removal: line.product.removal, quantity: line.base)
      }
      let allocation = try Allocation(demands, from: stock, on: day)
      let lines = try Self.lines(draft, decisions, reserved: try allocation.reservedByLine(), held: false)
      let total = try Self.total(lines, currency)
      if credit.allows(total) {
        let isEmpty = lines.allSatisfy { $0.open.isZero && $0.reserved.isZero }
        self.init(
          status: isEmpty ? .cancelled : .confirmed, holdCode: nil, lines: lines, total: total,
          takes: allocation.takes)
        return
      }
    }
    let lines = try Self.lines(draft, decisions, reserved: [:], held: true)
    self.init(
      status: .hold, holdCode: draft.request.hold ?? draft.terms.holdCode ?? .credit, lines: lines,
      total: try Self.total(lines, currency), takes: [])
  }

  private init(
    status: OrderStatus, holdCode: HoldCode?, lines: [Line], total: Money, takes: [Allocation.Take]
  ) {
    self.status = status
    self.holdCode = holdCode
    self.lines = lines
    self.total = total
    self.takes = takes
  }

  private static func price(_ draft: OrderDraft, _ book: PriceBook) throws(Refusal) -> [PriceDecision] {
    var decisions: [PriceDecision?] = []
    decisions.reserveCapacity(draft.lines.count)
    for line in draft.lines {
      decisions.append(
        try book.decide(product: line.product.id, categories: line.product.categories, quantity: line.base))
    }
    try MentionCheck.refuse(
      .priceMissing, "No price list or contract of this customer has a price for the product.", "/lines",
      decisions.indices.filter { decisions[$0] == nil })
    return decisions.compactMap { $0 }
  }

  private static func lines(
    _ draft: OrderDraft, _ decisions: [PriceDecision], reserved: [Int: Quantity], held: Bool
  ) throws(Refusal) -> [Line] {
    var lines: [Line] = []
    lines.reserveCapacity(draft.lines.count)
    for (index, measured) in draft.lines.enumerated() {
      let taken = reserved[index] ?? .zero
      let missing = try measured.base.subtracting(taken)
      let cancels = !held && draft.request.shipPolicy == .cancelBackorder
      let kept = cancels ? taken : measured.base
      do throws(Refusal) {
        lines.append(
          Line(
            measured: measured, request: draft.request.lines[index], price: decisions[index],
            open: cancels ? .zero : missing, reserved: taken, backordered: held || cancels ? .zero : missing,
            cancelled: cancels ? missing : .zero,
            amount: try decisions[index].price.amount(of: kept, in: draft.terms.currency)))
      } catch { throw Refusal(error.code, error.detail, at: "/lines/\(index)") }
    }
    return lines
  }

  private static func total(_ lines: [Line], _ currency: Currency) throws(Refusal) -> Money {
    var total = Money(minor: 0, currency)
    for line in lines { total = try total.adding(line.amount) }
    return total
  }
}
