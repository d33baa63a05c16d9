import BulkheadCore
import BulkheadData

/// What a credit note takes back of an invoice. Pure.
///
/// Amounts are the share of all that is credited after this note less what was credited before it: however an invoice
/// is credited piece by piece, the pieces add up to it and never to a cent more.
struct CreditPlan: Sendable {
  /// What one line of the invoice has been credited so far.
  struct Credited: Sendable {
    var quantity = Quantity.zero
    var net: Int64 = 0
    /// By code and jurisdiction.
    var taxes: [String: Int64] = [:]
  }

  struct Asked: Sendable {
    /// Number of the line on the invoice.
    let line: Int
    let quantity: Quantity
  }

  static func key(_ code: String, _ jurisdiction: String) -> String { "\(code)\u{1F}\(jurisdiction)" }

  /// The lines of the credit note. `nil` asks for all that is left. Refuses in this order: `line.repeated`,
  /// `reference.unknown` (no such line), `credit.beyondInvoiced`.
  static func lines(
    of invoice: Invoice, _ asked: [Asked]?, credited: [EntityID: Credited], _ ambient: Ambient
  ) throws(Refusal) -> [Invoice.Line] {
    let wanted: [Asked]
    if let asked { wanted = asked } else { wanted = try rest(invoice, credited) }
    var byNumber: [Int: Invoice.Line] = [:]
    for line in invoice.lines { byNumber[line.number] = line }
    var seen: Set<Int> = []
    try MentionCheck.refuse(
      .lineRepeated, "The same line stands here twice.", "/lines",
      wanted.indices.filter { !seen.insert(wanted[$0].line).inserted })
    try MentionCheck.refuse(
      .referenceUnknown, "The invoice has no such line.", "/lines",
      wanted.indices.filter { byNumber[wanted[$0].line] == nil }
    ) { _ in "/line" }
    var lines: [Invoice.Line] = []
    for (index, want) in wanted.enumerated() {
      guard let original = byNumber[want.line] else { continue }
      let before = credited[original.id] ?? Credited()
      let after = try before.quantity.adding(want.quantity)
      guard after <= original.quantity else {
        throw Refusal(
          .creditBeyondInvoiced,
          "\(try original.quantity.subtracting(before.quantity)) of this line can still be credited.",
          at: "/lines/\(index)/quantity")
      }
      lines.append(try line(original, want.quantity, before, after, number: lines.count + 1, ambient))
    }
    guard !lines.isEmpty else {
      throw Refusal(.creditBeyondInvoiced, "All of this invoice has been credited already.")
    }
    return lines
  }

  private static func rest(_ invoice: Invoice, _ credited: [EntityID: Credited]) throws(Refusal) -> [Asked] {
    var rest: [Asked] = []
    for line in invoice.lines {
      let left = try line.quantity.subtracting(credited[line.id]?.quantity ?? .zero)
      if left.isPositive { rest.append(Asked(line: line.number, quantity: left)) }
    }
    return rest
  }

  private static func line(
    _ original: Invoice.Line, _ quantity: Quantity, _ before: Credited, _ after: Quantity, number: Int,
    _ ambient: Ambient
  ) throws(Refusal) -> Invoice.Line {
    func share(_ whole: Int64, _ already: Int64) throws(Refusal) -> Int64 {
      guard
        let share = Rounding.product(
          Int128(whole), Int128(after.millionths), over: Int128(original.quantity.millionths)),
        let minor = Int64(exactly: share)
      else { throw Money.overflow }
      return max(0, minor - already)
    }
    let net = try share(original.net, before.net)
    var parts: [TaxPart] = []
    for part in original.parts {
      let already = before.taxes[key(part.rate.code, part.rate.jurisdiction)] ?? 0
      parts.append(TaxPart(rate: part.rate, base: net, tax: try share(part.tax, already)))
    }
    return Invoice.Line(
      id: ambient.makeID(), number: number, orderLineID: original.orderLineID, originalLineID: original.id,
      productID: original.productID, sku: original.sku, description: original.description, quantity: quantity,
      unit: original.unit, unitPrice: original.unitPrice, taxCategory: original.taxCategory,
      taxRuleID: original.taxRuleID, net: net, parts: parts)
  }

  /// The answers of `InvoiceStatements.creditedLines` and `.creditedParts`.
  static func credited(_ lines: Rows, _ parts: Rows) throws(Refusal) -> [EntityID: Credited] {
    var credited: [EntityID: Credited] = [:]
    for row in lines {
      credited[try row.id(0)] = Credited(quantity: try row.quantity(1), net: try row.int(2))
    }
    for row in parts {
      credited[try row.id(0), default: Credited()].taxes[key(try row.text(1), try row.text(2))] = try row.int(3)
    }
    return credited
  }
}
