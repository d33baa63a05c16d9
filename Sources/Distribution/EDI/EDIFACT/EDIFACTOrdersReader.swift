import BulkheadCore

/// Reads ORDERS of D.96A, with or without EANCOM, into what an 850 is read into.
public enum EDIFACTOrdersReader {
  /// Refuses with `edi.unmappable` and the place, in this order: another message, no BGM with a number, no date, a line
  /// number used twice, no line at all, a line without a product or an ordered quantity, no end of the lines, a control
  /// total that is not the number of lines.
  public static func read(
    _ message: EDIFACTMessage, _ units: EDIFACTUnits = EDIFACTUnits()
  ) throws(Refusal) -> PurchaseOrderDocument {
    do throws(EDIFACTFinding) { return try document(message, units) } catch { throw error.refusal }
  }

  static func document(
    _ message: EDIFACTMessage, _ units: EDIFACTUnits
  ) throws(EDIFACTFinding) -> PurchaseOrderDocument {
    guard message.type == "ORDERS", message.release == "96A" else {
      throw EDIFACTFinding(.valueNotSupported, at: "UNH", 1, "This is no ORDERS of D.96A.")
    }
    let sections = try EDIFACTSections(message, units)
    guard !sections.lines.isEmpty else { throw EDIFACTFinding(.missing, at: sections.begin, "The order has no lines.") }
    var lines: [PurchaseOrderDocument.Line] = []
    for line in sections.lines { lines.append(try self.line(line)) }
    try sections.checkSummary()
    let header = sections.header
    return PurchaseOrderDocument(
      number: sections.number, purpose: ["", "9"].contains(sections.begin[3, 1]) ? .original : .other,
      date: sections.date, contract: header.reference("CT")?.value(1, 2), currency: sections.currency,
      requestedOn: header.date(["2", "64", "10"]), parties: sections.parties, lines: lines)
  }

  private static func line(_ line: EDIFACTLine) throws(EDIFACTFinding) -> PurchaseOrderDocument.Line {
    let identifiers = try line.identifiers()
    guard let ordered = try line.quantity("21") else {
      throw EDIFACTFinding(.missing, at: line.item, "The line has no ordered quantity (QTY 21).")
    }
    let unit = ordered.unit ?? "EA"
    return PurchaseOrderDocument.Line(
      number: line.number, quantity: ordered.quantity, unit: unit, unitPrice: try line.price(unit),
      identifiers: identifiers, description: line.text, requestedOn: line.block.date(["2", "64", "10"]))
  }
}
