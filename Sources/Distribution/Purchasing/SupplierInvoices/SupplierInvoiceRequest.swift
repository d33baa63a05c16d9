import BulkheadCore

/// A supplier's invoice as it came.
struct SupplierInvoiceRequest: Sendable {
  static let linesMax = 1000

  struct Line: Sendable {
    let orderLine: EntityID
    /// Of `unit`.
    let quantity: Quantity
    /// `nil`: the unit in which it was ordered.
    let unit: String?
    /// Of one `unit`.
    let unitPrice: UnitPrice
  }

  let supplier: EntityID
  /// The supplier's own number of the invoice.
  let supplierNumber: String
  let currency: String?
  let invoicedOn: CivilDate
  /// `nil`: the day it was made.
  let dueOn: CivilDate?
  let tax: String?
  let lines: [Line]

  /// What can be refused without looking anything up: `date.inFuture`, `quantity.notPositive`,
  /// `supplierInvoice.lineTwice`.
  func check(_ today: CivilDate) throws(Refusal) {
    if invoicedOn > today {
      throw Refusal(.dateInFuture, "An invoice cannot be made on a day that has not come.", at: "/invoicedOn")
    }
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      lines.indices.filter { !lines[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    var seen: Set<EntityID> = []
    try MentionCheck.refuse(
      .supplierInvoiceLineTwice, "The invoice names this order line twice.", "/lines",
      lines.indices.filter { !seen.insert(lines[$0].orderLine).inserted }
    ) { _ in "/orderLineId" }
  }
}

/// State of a supplier's invoice.
enum SupplierInvoiceState: String, Sendable, CaseIterable {
  /// Differs too far from what was ordered or came. Goes to `posted` or `cancelled`.
  case held
  /// Owed.
  case posted
  /// Turned down.
  case cancelled
}

/// A line of an invoice with what it was judged by.
struct JudgedLine: Sendable {
  let id: EntityID
  let orderLine: EntityID
  let entered: Quantity
  let unit: String
  /// Base units, and the price of one.
  let quantity: Quantity
  let unitPrice: UnitPrice
  let amount: Int64
  let result: ThreeWayMatch.Result
  let difference: UnitPrice
}
