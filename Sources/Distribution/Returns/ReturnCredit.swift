import BulkheadCore
import BulkheadData

/// Which lines of which invoices are credited for what came back. Pure.
///
/// An invoice bills all that is shipped when it is drafted, so goods were billed by the first invoice that was made
/// after they left; that one is credited first, then later ones, then earlier ones. What was not billed needs no
/// credit: it will not be billed any more.
struct ReturnCredit: Sendable {
  /// A line of a posted invoice, and how much of it is not credited yet.
  struct Billed: Sendable {
    let invoiceID: EntityID
    let invoicedAt: Instant
    /// Number of the line on the invoice.
    let line: Int
    let orderLineID: EntityID
    var rest: Quantity
  }

  struct Note: Sendable {
    let invoiceID: EntityID
    var asked: [CreditPlan.Asked]
  }

  /// One for each invoice, in the order of their ids.
  private(set) var notes: [Note] = []
  /// What is credited of each line of the return, in their order.
  private(set) var credited: [Quantity] = []

  /// `open`: what of each order line is billed and not credited. Refuses with `return.creditDrafted` when drafts of
  /// credit notes hold what this return needs.
  init(
    _ lines: [LockedReturn.Line], billed: [Billed], open: [EntityID: Quantity]
  ) throws(Refusal) {
    var billed = billed
    var open = open
    var asked: [EntityID: [Int: Quantity]] = [:]
    for line in lines {
      let wanted = min(line.received, max(open[line.orderLineID] ?? .zero, .zero))
      var rest = wanted
      for index in Self.preferred(billed, line) where rest.isPositive {
        let part = min(rest, billed[index].rest)
        guard part.isPositive else { continue }
        billed[index].rest = try billed[index].rest.subtracting(part)
        rest = try rest.subtracting(part)
        let before = asked[billed[index].invoiceID]?[billed[index].line] ?? .zero
        asked[billed[index].invoiceID, default: [:]][billed[index].line] = try before.adding(part)
      }
      guard rest.isZero else {
        throw Refusal(
          .returnCreditDrafted, "Drafts of credit notes hold goods of this order: post or discard them first.")
      }
      open[line.orderLineID] = try (open[line.orderLineID] ?? .zero).subtracting(wanted)
      credited.append(wanted)
    }
    notes = asked.sorted { $0.key < $1.key }.map { invoice, lines in
      Note(
        invoiceID: invoice,
        asked: lines.sorted { $0.key < $1.key }.map { CreditPlan.Asked(line: $0.key, quantity: $0.value) })
    }
  }

  private static func preferred(_ billed: [Billed], _ line: LockedReturn.Line) -> [Int] {
    let own = billed.indices.filter { billed[$0].orderLineID == line.orderLineID }
    return own.filter { billed[$0].invoicedAt >= line.shippedAt }
      + own.filter { billed[$0].invoicedAt < line.shippedAt }
  }

  static func read(_ rows: Rows) throws(Refusal) -> [Billed] {
    var billed: [Billed] = []
    for row in rows {
      billed.append(
        Billed(
          invoiceID: try row.id(0), invoicedAt: try row.instant(1), line: Int(try row.int(2)),
          orderLineID: try row.id(3), rest: try row.quantity(4)))
    }
    return billed
  }
}
