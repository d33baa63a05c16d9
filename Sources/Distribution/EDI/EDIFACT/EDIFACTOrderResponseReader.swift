import BulkheadCore

/// Reads ORDRSP of D.96A into what an 855 is read into.
///
/// How senders say yes and no differs: by the response type of BGM (4343), by its function (1225: 29 accepted, 4
/// changed, 27 not accepted), by the action of a line (1229), or by quantities alone: 113 is what will be delivered, 83
/// what follows later. A line is taken as rejected when one of them says so in words, or when nothing of it is to be
/// delivered and nothing follows; what is backordered stays open.
public enum EDIFACTOrderResponseReader {
  static func read(_ message: EDIFACTMessage, _ units: EDIFACTUnits) throws(Refusal) -> SupplierAnswer {
    do throws(EDIFACTFinding) { return try document(message, units) } catch { throw error.refusal }
  }

  /// Finds fault where the order is not named, besides what `EDIFACTSections` finds.
  static func document(_ message: EDIFACTMessage, _ units: EDIFACTUnits) throws(EDIFACTFinding) -> SupplierAnswer {
    let sections = try EDIFACTSections(message, dates: ["137"], units)
    guard let order = sections.header.reference("ON")?.value(1, 2) else {
      throw EDIFACTFinding(.missing, at: sections.begin, "The order (RFF ON) is not named.")
    }
    let verdict = verdict(sections.begin)
    var lines: [SupplierAnswer.Line] = []
    for line in sections.lines { lines.append(try self.line(line, verdict)) }
    try sections.checkSummary()
    return SupplierAnswer(
      orderNumber: order, verdict: verdict ?? implied(lines),
      sellerNumber: sections.header.reference("VN")?.value(1, 2)
        ?? (sections.number == order ? nil : sections.number), answeredOn: sections.date, currency: sections.currency,
      lines: lines)
  }

  /// What the document says of the whole; `nil` where only its lines tell.
  private static func verdict(_ begin: EDIFACTSegment) -> SupplierAnswer.Verdict? {
    switch (begin[4, 1], begin[3, 1]) {
    case ("AP", _), ("AD", _), ("", "29"): .accepted
    case ("RE", _), ("NA", _), ("", "27"): .rejected
    case ("AB", _): .held
    case ("", "4"): .changed
    case ("", _): nil
    default: .changed
    }
  }

  private static func implied(_ lines: [SupplierAnswer.Line]) -> SupplierAnswer.Verdict {
    let outcomes = Set(lines.flatMap(\.parts).map(\.outcome))
    return outcomes == [.rejected] ? .rejected : outcomes.isSubset(of: [.accepted]) ? .accepted : .changed
  }

  private static func line(
    _ line: EDIFACTLine, _ verdict: SupplierAnswer.Verdict?
  ) throws(EDIFACTFinding) -> SupplierAnswer.Line {
    let ordered = try line.quantity("21")
    let confirmed = try line.quantity("113", "12")
    let later = try line.quantity("83")
    guard let told = ordered ?? confirmed else {
      throw EDIFACTFinding(.missing, at: line.item, "The line has no quantity (QTY 21 or 113).")
    }
    let unit = told.unit ?? "EA"
    let promised = line.block.date(["67", "69", "2"])
    func part(
      _ outcome: SupplierAnswer.Outcome, _ measured: EDIFACTLine.Measured, on day: String? = nil
    ) -> SupplierAnswer.Line.Part {
      SupplierAnswer.Line.Part(
        outcome: outcome, quantity: measured.quantity, unit: measured.unit ?? unit, promisedOn: day)
    }
    var parts: [SupplierAnswer.Line.Part] = []
    let nothing = EDIFACTLine.Measured(quantity: .zero, unit: unit)
    if line.item[2, 1] == "7" || verdict == .rejected {
      parts = [part(.rejected, nothing)]
    } else if verdict == .held {
      parts = [part(.held, told)]
    } else {
      let whole = confirmed ?? told
      let isShort = later == nil && ordered.map { $0.quantity != whole.quantity } ?? false
      if whole.quantity.isPositive { parts.append(part(isShort ? .quantityChanged : .accepted, whole, on: promised)) }
      if let later, later.quantity.isPositive { parts.append(part(.backordered, later)) }
      if parts.isEmpty { parts = [part(.rejected, nothing)] }
    }
    return SupplierAnswer.Line(
      number: line.orderLine ?? line.number, unit: unit, unitPrice: try line.price(unit),
      identifiers: try line.identifiers(), parts: parts, reason: line.reason)
  }
}
