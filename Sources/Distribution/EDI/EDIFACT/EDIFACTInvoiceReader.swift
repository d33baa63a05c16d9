import BulkheadCore

/// Reads INVOIC of D.96A into what an 810 is read into.
public enum EDIFACTInvoiceReader {
  static func read(_ message: EDIFACTMessage, _ units: EDIFACTUnits) throws(Refusal) -> InvoiceDocument {
    do throws(EDIFACTFinding) { return try document(message, units) } catch { throw error.refusal }
  }

  /// Finds fault with another kind of document than an invoice or a credit note, with anything but an original, with a
  /// line without quantity or price, with no total, besides what `EDIFACTSections` finds.
  static func document(_ message: EDIFACTMessage, _ units: EDIFACTUnits) throws(EDIFACTFinding) -> InvoiceDocument {
    let sections = try EDIFACTSections(message, dates: ["3", "137"], units)
    let kind = try kind(sections.begin)
    var lines: [InvoiceDocument.Line] = []
    let header = sections.header
    let order = header.reference("ON")?.value(1, 2)
    for line in sections.lines {
      // An invoice is matched with one order's receipts.
      if let own = line.block.reference("ON")?.value(1, 2), own != order {
        throw EDIFACTFinding(
          .valueNotSupported, at: line.item, "The line is of another order (RFF ON) than the invoice.")
      }
      lines.append(try self.line(line))
    }
    try sections.checkSummary()
    guard let total = sections.summary.amount(["77", "139", "9"]) else {
      throw EDIFACTFinding(
        .missing, at: sections.summary.first ?? sections.begin, "The invoice's total (MOA 77 or 139) is missing.")
    }
    return InvoiceDocument(
      number: sections.number, kind: kind, date: sections.date, orderNumber: order,
      orderDate: nil, sellerNumber: header.reference("VN")?.value(1, 2),
      shipment: header.reference("AAK")?.value(1, 2), currency: sections.currency, terms: terms(header),
      shippedOn: header.date(["35", "11"]), parties: sections.parties, lines: lines, totalCents: try cents(total),
      taxCents: try tax(sections.summary), chargesCents: try charges(message.segments))
  }

  private static func kind(_ begin: EDIFACTSegment) throws(EDIFACTFinding) -> InvoiceDocument.Kind {
    guard ["", "9"].contains(begin[3, 1]) else {
      throw EDIFACTFinding(.valueNotSupported, at: begin, element: 3, "Only original invoices are read here.")
    }
    switch begin[1, 1] {
    case "380", "388": return .invoice
    case "381", "83": return .creditMemo
    default: throw EDIFACTFinding(.valueNotSupported, at: begin, element: 1, "This is no invoice (380).")
    }
  }

  private static func line(_ line: EDIFACTLine) throws(EDIFACTFinding) -> InvoiceDocument.Line {
    guard let billed = try line.quantity("47", "12") else {
      throw EDIFACTFinding(.missing, at: line.item, "The line has no invoiced quantity (QTY 47).")
    }
    let unit = billed.unit ?? "EA"
    guard let price = try line.price(unit) else {
      throw EDIFACTFinding(.missing, at: line.item, "The line has no price (PRI).")
    }
    var amount: Int64?
    if let told = line.block.amount(["203"]) { amount = try cents(told) }
    return InvoiceDocument.Line(
      number: line.orderLine ?? line.number, quantity: billed.quantity, unit: unit, unitPrice: price,
      identifiers: try line.identifiers(), description: line.text, amountCents: amount)
  }

  /// Terms of the type basic (1) or fixed date (3); a discount (22) is none of them. `D` counts in days.
  private static func terms(_ header: ArraySlice<EDIFACTSegment>) -> InvoiceDocument.Terms {
    let terms = header.first { $0.tag == "PAT" && ["1", "3"].contains($0[1, 1]) }
    let days = terms.flatMap { $0[3, 3] == "D" ? X12Number.whole($0[3, 4]) : nil }
    return InvoiceDocument.Terms(dueOn: header.date(["13"]), netDays: days)
  }

  /// MOA 124 before the first TAX is the sum; without it the groups of TAX are added up.
  private static func tax(_ summary: ArraySlice<EDIFACTSegment>) throws(EDIFACTFinding) -> Int64 {
    if let sum = summary.prefix(while: { $0.tag != "TAX" }).amount(["124"]) { return try cents(sum) }
    return try added(summary.filter { $0.tag == "MOA" && $0[1, 1] == "124" })
  }

  private static func added(_ amounts: [EDIFACTSegment]) throws(EDIFACTFinding) -> Int64 {
    var sum: Int64 = 0
    for amount in amounts {
      let (next, overflow) = sum.addingReportingOverflow(try cents(amount))
      guard !overflow else { throw EDIFACTFinding(.invalidValue, at: amount, element: 1, "The sum is too large.") }
      sum = next
    }
    return sum
  }

  private static func cents(_ amount: EDIFACTSegment) throws(EDIFACTFinding) -> Int64 {
    guard let cents = EDICents.decimal(amount[1, 2].replacing(",", with: ".")), cents != .min else {
      throw EDIFACTFinding(
        .invalidType, at: amount, element: 1, "The amount is no number with at most two places behind the point.")
    }
    return cents
  }

  /// Charges (C) less allowances (A), of the whole and of lines; `nil` when one of them has no amount.
  private static func charges(_ segments: [EDIFACTSegment]) throws(EDIFACTFinding) -> Int64? {
    var sum: Int64 = 0
    for index in segments.indices where segments[index].tag == "ALC" && ["A", "C"].contains(segments[index][1, 1]) {
      let group = segments[(index + 1)...].prefix { !["ALC", "LIN", "UNS", "UNT"].contains($0.tag) }
      guard let amount = group.amount(["8", "23", "204"]) else { return nil }
      let cents = try cents(amount)
      let (next, overflow) = sum.addingReportingOverflow(segments[index][1, 1] == "C" ? cents : -cents)
      guard !overflow else { throw EDIFACTFinding(.invalidValue, at: amount, element: 1, "The sum is too large.") }
      sum = next
    }
    return sum
  }
}
