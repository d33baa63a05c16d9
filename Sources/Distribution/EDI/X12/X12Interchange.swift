/// What the ISA says (ASC X12.5): who sends to whom, under which number, and whether it counts.
public struct X12InterchangeHeader: Hashable, Sendable {
  public let senderQualifier: String
  /// ISA06 without its padding.
  public let sender: String
  public let receiverQualifier: String
  public let receiver: String
  /// ISA09, `YYMMDD`.
  public let date: String
  /// ISA10, `HHMM`.
  public let time: String
  /// ISA11: `U` before version 00403.
  public let standards: String
  /// ISA12, such as `00401`.
  public let version: String
  /// ISA13, nine digits.
  public let controlNumber: String
  /// ISA14: `1` asks for a TA1.
  public let acknowledgmentRequested: String
  /// ISA15: `T` test, `P` production, `I` information.
  public let usage: String
  public let delimiters: X12Delimiters
}

/// One transaction set, ST to SE.
public struct X12TransactionSet: Hashable, Sendable {
  /// ST01, such as `850`.
  public let code: String
  /// ST02.
  public let controlNumber: String
  /// Every segment, ST and SE included.
  public let segments: [X12Segment]
  /// What is wrong with the frame: trailer, count, control number (level `set`).
  public let findings: [X12Finding]
}

/// One functional group, GS to GE.
public struct X12Group: Hashable, Sendable {
  /// GS01, such as `PO`.
  public let functionalID: String
  public let sender: String
  public let receiver: String
  /// GS06.
  public let controlNumber: String
  /// GS08, such as `004010` or `004010VICS`.
  public let version: String
  /// GE01 as sent; `nil` when the trailer is missing or the count is no number.
  public let declaredSets: Int?
  public let sets: [X12TransactionSet]
  /// What is wrong with the frame (level `group`).
  public let findings: [X12Finding]
}

/// One interchange, ISA to IEA, as far as it could be read.
public struct X12Interchange: Hashable, Sendable {
  public let header: X12InterchangeHeader
  /// Segments between ISA and the first GS: TA1 and nothing else.
  public let preamble: [X12Segment]
  public let groups: [X12Group]
  /// What is wrong with the envelope (level `interchange`). Any fatal one rejects everything inside.
  public let findings: [X12Finding]

  public var isRejected: Bool { findings.contains(where: \.isFatal) }
}
