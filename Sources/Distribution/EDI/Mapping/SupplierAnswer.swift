import BulkheadCore

/// What a supplier answers to a purchase order of ours, free of the syntax it came in.
public struct SupplierAnswer: Hashable, Sendable {
  public enum Verdict: String, Sendable {
    case accepted, changed, held, rejected

    /// BAK02, code list 587. What is not known changes something: somebody has to look.
    init(code: String) {
      self =
        switch code {
        case "AD", "AK": .accepted
        case "AH": .held
        case "RD", "RF", "RJ", "RO": .rejected
        default: .changed
        }
    }
  }

  /// What is said of a quantity of a line.
  public enum Outcome: String, Sendable {
    case accepted
    case quantityChanged = "quantity_changed"
    case priceChanged = "price_changed"
    /// Another date, another item: accepted with a change that somebody has to look at.
    case changed
    case backordered
    case held
    case rejected

    /// ACK01, code list 668.
    init(code: String) {
      self =
        switch code {
        case "IA", "AC": .accepted
        case "IQ", "BP": .quantityChanged
        case "IP": .priceChanged
        case "IB": .backordered
        case "IH", "IW": .held
        case "IR", "ID", "R1", "R2", "R3", "R4", "R5", "R6": .rejected
        default: .changed
        }
    }
  }

  /// Our order number (BAK03).
  public let orderNumber: String
  public let verdict: Verdict
  public let sellerNumber: String?
  /// `YYYY-MM-DD`.
  public let answeredOn: String
  public let currency: String?
  public let lines: [Line]

  public struct Line: Hashable, Sendable {
    /// PO101.
    public let number: String
    public let unit: String?
    public let unitPrice: EDIDecimal?
    public let identifiers: [EDIItemID]
    public let parts: [Part]
    public let reason: String?

    public struct Part: Hashable, Sendable {
      public let outcome: Outcome
      public let quantity: EDIDecimal
      public let unit: String?
      /// `YYYY-MM-DD`.
      public let promisedOn: String?
    }
  }
}

/// Reads an 855 of version 004010 that a validator accepted.
public enum SupplierAnswerReader {
  /// Refuses with `edi.unmappable` where a required value is missing.
  public static func read(_ set: X12TransactionSet) throws(Refusal) -> SupplierAnswer {
    guard let begin = set.segments.first(where: { $0.tag == "BAK" }), let number = begin.value(3),
      let date = X12Calendar.iso(begin.value(9) ?? begin[4])
    else { throw .unmappable("The answer cannot be read at this segment.", "BAK", 2) }
    let header = set.segments.prefix { $0.tag != "PO1" }
    return SupplierAnswer(
      orderNumber: number, verdict: .init(code: begin[2]),
      sellerNumber: begin.value(8) ?? header.first { $0.tag == "REF" && $0[1] == "VN" }?.value(2), answeredOn: date,
      currency: header.first { $0.tag == "CUR" }?.value(2), lines: try lines(set.segments))
  }

  private static func lines(_ segments: [X12Segment]) throws(Refusal) -> [SupplierAnswer.Line] {
    var lines: [SupplierAnswer.Line] = []
    for index in segments.indices where segments[index].tag == "PO1" {
      let item = segments[index]
      let block = segments[(index + 1)...].prefix { !["PO1", "CTT", "SE"].contains($0.tag) }
      guard let ordered = EDIDecimal(item[2]) else {
        throw .unmappable("The answer cannot be read at this segment.", "PO1", item.position)
      }
      var parts = block.filter { $0.tag == "ACK" }.map { status in
        SupplierAnswer.Line.Part(
          outcome: .init(code: status[1]), quantity: EDIDecimal(status[2]) ?? .zero, unit: status.value(3),
          promisedOn: X12Calendar.iso(status[5]))
      }
      // A line without a word about it is confirmed as it stands.
      if parts.isEmpty {
        parts = [.init(outcome: .accepted, quantity: ordered, unit: item.value(3), promisedOn: nil)]
      }
      let reason = block.first { $0.tag == "REF" && $0[1] == "ZZ" }.flatMap { $0.value(3) ?? $0.value(2) }
      lines.append(
        SupplierAnswer.Line(
          number: item.value(1) ?? String(lines.count + 1), unit: item.value(3),
          unitPrice: EDIDecimal(item[4]), identifiers: EDIItemID.pairs(of: item, from: 6), parts: parts,
          reason: reason))
    }
    return lines
  }
}
