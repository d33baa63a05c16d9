import BulkheadCore

/// How an order was paid. Pure.
struct POSTender: Sendable, Hashable {
  struct Part: Sendable, Hashable {
    let method: POSMethod
    /// What stays in the till, and what was handed over: more only in cash, the rest is change.
    let amount: Int64
    let tendered: Int64
    let reference: String?
  }

  let parts: [Part]
  /// What is missing of the total, or, below zero, what is too much: only of an order taken offline.
  let difference: Int64

  /// Change is given in cash only. Refuses with `posOrder.underpaid` or `posOrder.overpaid`; an order that was taken
  /// offline is not refused for it, because the customer has left with the goods: the difference is kept.
  init(
    _ given: [(method: POSMethod, amount: Int64, reference: String?)], total: Int64, isOffline: Bool
  ) throws(Refusal) {
    var cash: Int64 = 0
    var other: Int64 = 0
    for part in given {
      let (sum, overflow) = (part.method == .cash ? cash : other).addingReportingOverflow(part.amount)
      guard !overflow else { throw Money.overflow }
      if part.method == .cash { cash = sum } else { other = sum }
    }
    let due = max(total - other, 0)
    if other > total, !isOffline {
      throw Refusal(.posOrderOverpaid, "Cards and transfers pay exactly; change is given in cash.", at: "/payments")
    }
    if cash < due, !isOffline {
      throw Refusal(.posOrderUnderpaid, "The payments are less than the order's total.", at: "/payments")
    }
    var change = max(cash - due, 0)
    var parts: [Part] = []
    for part in given.reversed() where part.amount > 0 {
      let back = part.method == .cash ? min(change, part.amount) : 0
      change -= back
      // A note that comes back whole was not paid with.
      guard part.amount > back else { continue }
      parts.append(
        Part(method: part.method, amount: part.amount - back, tendered: part.amount, reference: part.reference))
    }
    self.parts = parts.reversed()
    difference = total - other - min(cash, due)
  }
}
