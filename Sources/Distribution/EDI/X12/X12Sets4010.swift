/// Transaction sets of ASC X12 004010: the order of segments, how often each may occur, and what passes unread.
enum X12Sets4010 {
  static let all: [X12SetDefinition] = [purchaseOrder, purchaseOrderAcknowledgment, functionalAcknowledgment]

  static let party: X12Node = .loop(
    isMandatory: false, max: 200,
    [.must("N1"), .may("N2", 2), .may("N3", 2), .may("N4"), .may("REF", 12), .may("PER", 3)])

  private static let purchaseOrder = X12SetDefinition(
    "850", functionalID: "PO", unread: unreadInOrders, lineNumber: ("PO1", 1), counted: "PO1",
    [
      .must("ST"), .must("BEG"), .may("CUR"), .may("REF", 10_000), .may("PER", 3), .may("DTM", 10),
      party,
      .loop(
        isMandatory: true, max: 100_000,
        [.must("PO1"), .may("CUR"), .may("PID", 1000), .may("REF", 10_000), .may("PER", 3), .may("DTM", 10), party]),
      .may("CTT"), .must("SE"),
    ])

  private static let purchaseOrderAcknowledgment = X12SetDefinition(
    "855", functionalID: "PR", unread: unreadInOrders, lineNumber: ("PO1", 1), counted: "PO1",
    [
      .must("ST"), .must("BAK"), .may("CUR"), .may("REF", 10_000), .may("PER", 3), .may("DTM", 10),
      party,
      .loop(
        isMandatory: false, max: 100_000,
        [
          .must("PO1"), .may("CUR"), .may("PID", 1000), .may("REF", 10_000), .may("PER", 3), .may("DTM", 10),
          .loop(isMandatory: false, max: 104, [.must("ACK"), .may("DTM")]),
          party,
        ]),
      .may("CTT"), .must("SE"),
    ])

  private static let functionalAcknowledgment = X12SetDefinition(
    "997", functionalID: "FA",
    [
      .must("ST"), .must("AK1"),
      .loop(
        isMandatory: false, max: 999_999,
        [
          .must("AK2"), .loop(isMandatory: false, max: 999_999, [.must("AK3"), .may("AK4", 99)]), .must("AK5"),
        ]),
      .must("AK9"), .must("SE"),
    ])

  /// Segments that the standard allows in an order and its answer and that nothing here depends on.
  private static let unreadInOrders: Set<String> = [
    "ADV", "AMT", "CN1", "CSH", "CTB", "CTP", "DIS", "FOB", "G53", "INC", "IT3", "IT8", "ITD", "LDT", "LIN", "LM", "LQ",
    "LS", "LE", "MAN", "MEA", "MSG", "N9", "NX2", "PAM", "PCT", "PKG", "PO3", "PO4", "PWK", "QTY", "SAC", "SCH", "SDQ",
    "SI", "SLN", "SPI", "TAX", "TC2", "TD1", "TD3", "TD4", "TD5", "TXI",
  ]
}
