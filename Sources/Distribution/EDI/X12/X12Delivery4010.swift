/// The ship notice (856) and the invoice (810) of ASC X12 004010: what they have beyond orders and their answers.
enum X12Delivery4010 {
  static let sets: [X12SetDefinition] = [shipNotice, invoice]
  static let segments: [X12SegmentDefinition] = shipping + billing

  static let elements: [X12ElementDefinition] = [
    X12ElementDefinition(22, .an, 1...30), X12ElementDefinition(23, .id, 1...1), X12ElementDefinition(76, .an, 1...22),
    X12ElementDefinition(79, .an, 1...50), X12ElementDefinition(80, .n0, 1...7), X12ElementDefinition(81, .r, 1...10),
    X12ElementDefinition(87, .an, 1...48), X12ElementDefinition(88, .id, 1...2),
    X12ElementDefinition(91, .id, 1...2), X12ElementDefinition(103, .an, 3...5),
    X12ElementDefinition(133, .id, 1...2), X12ElementDefinition(187, .id, 1...2),
    X12ElementDefinition(248, .id, 1...1, ["A", "C", "N", "P", "Q", "R", "S"]),
    X12ElementDefinition(327, .an, 1...8), X12ElementDefinition(333, .id, 1...2), X12ElementDefinition(336, .id, 2...2),
    X12ElementDefinition(338, .r, 1...6), X12ElementDefinition(351, .n0, 1...3), X12ElementDefinition(358, .r, 1...10),
    X12ElementDefinition(370, .dt, 8...8), X12ElementDefinition(382, .r, 1...10), X12ElementDefinition(386, .n0, 1...3),
    X12ElementDefinition(387, .an, 1...35), X12ElementDefinition(396, .an, 2...30),
    X12ElementDefinition(446, .dt, 8...8),
    X12ElementDefinition(610, .n2, 1...15), X12ElementDefinition(628, .an, 1...12),
    X12ElementDefinition(640, .id, 2...2),
    X12ElementDefinition(646, .r, 1...15), X12ElementDefinition(734, .an, 1...12),
    X12ElementDefinition(735, .id, 1...2),
    X12ElementDefinition(736, .id, 1...1, ["0", "1"]), X12ElementDefinition(782, .r, 1...18),
    X12ElementDefinition(954, .r, 1...10), X12ElementDefinition(963, .id, 2...2),
    X12ElementDefinition(1005, .id, 4...4), X12ElementDefinition(1300, .id, 4...4),
    X12ElementDefinition(1301, .an, 1...10),
  ]

  private static let shipping: [X12SegmentDefinition] = [
    X12SegmentDefinition("BSN", width: 7, [.m(353), .m(396), .m(373), .m(337), .o(1005)]),
    X12SegmentDefinition("HL", [.m(628), .o(734), .m(735), .o(736)]),
    X12SegmentDefinition(
      "TD1", width: 10, pairs: [[7, 8]], [.o(103), .o(80), .o(23), .o(22), .o(79), .o(187), .o(81), .o(355)]),
    X12SegmentDefinition("TD5", width: 15, pairs: [[2, 3]], [.o(133), .o(66), .o(67), .o(91), .o(387)]),
    X12SegmentDefinition("PRF", width: 7, [.m(324), .o(328), .o(327), .o(373)]),
    X12SegmentDefinition(
      "LIN", width: 31, pairs: [[4, 5], [6, 7], [8, 9], [10, 11]],
      [.o(350), .m(235), .m(234), .o(235), .o(234), .o(235), .o(234), .o(235), .o(234), .o(235), .o(234)]),
    X12SegmentDefinition("SN1", width: 8, pairs: [[5, 6]], [.o(350), .m(382), .m(355), .o(646), .o(330), .o(355)]),
    X12SegmentDefinition("MAN", width: 6, [.m(88), .m(87), .o(87)]),
  ]

  private static let billing: [X12SegmentDefinition] = [
    X12SegmentDefinition(
      "BIG", width: 10, [.m(373), .m(76), .o(373), .o(324), .o(328), .o(327), .o(640), .o(353)]),
    X12SegmentDefinition(
      "ITD", width: 15, [.o(336), .o(333), .o(338), .o(370), .o(351), .o(446), .o(386)]),
    // As with PO1: a line without quantity, unit and price bills nothing.
    X12SegmentDefinition(
      "IT1", width: 25, pairs: [[6, 7], [8, 9], [10, 11], [12, 13], [14, 15]],
      [
        .o(350), .m(358), .m(355), .m(212), .o(639), .o(235), .o(234), .o(235), .o(234), .o(235), .o(234), .o(235),
        .o(234), .o(235), .o(234),
      ]),
    X12SegmentDefinition("TDS", [.m(610), .o(610), .o(610), .o(610)]),
    X12SegmentDefinition("TXI", width: 10, [.m(963), .o(782), .o(954)]),
    X12SegmentDefinition("SAC", width: 16, [.m(248), .o(1300), .o(559), .o(1301), .o(610)]),
  ]

  /// One flat loop, as the standard has it: the tree is in HL02, which says what a level belongs to.
  private static let shipNotice = X12SetDefinition(
    "856", functionalID: "SH", unread: unread, counted: "HL",
    [
      .must("ST"), .must("BSN"), .may("DTM", 10),
      .loop(
        isMandatory: true, max: 200_000,
        [
          .must("HL"), .may("LIN"), .may("SN1"), .may("PRF"), .may("PID", 200), .may("TD1", 20), .may("TD5", 12),
          .may("REF", 10_000), .may("PER", 3), .may("MAN", 10_000), .may("DTM", 10), X12Sets4010.party,
        ]),
      .may("CTT"), .must("SE"),
    ])

  private static let invoice = X12SetDefinition(
    "810", functionalID: "IN", unread: unread, lineNumber: ("IT1", 1), counted: "IT1",
    [
      .must("ST"), .must("BIG"), .may("CUR"), .may("REF", 12), .may("PER", 3), X12Sets4010.party, .may("ITD", 10_000),
      .may("DTM", 10),
      .loop(
        isMandatory: true, max: 200_000,
        [
          .must("IT1"), .may("CUR"), .may("TXI", 10), .may("PID", 1000), .may("REF", 10_000), .may("PER", 3),
          .may("DTM", 10), .may("SAC", 25),
        ]),
      .must("TDS"), .may("TXI", 10), .may("SAC", 25), .may("CTT"), .must("SE"),
    ])

  /// Segments that the standard allows and that nothing here depends on.
  private static let unread: Set<String> = [
    "ACK", "AMT", "BAL", "CAD", "CRC", "CTP", "CUR", "FOB", "INC", "ISR", "ISS", "IT3", "IT8", "LDT", "LE", "LM", "LQ",
    "LS", "MEA", "MSG", "N9", "NTE", "PAL", "PAM", "PCT", "PID", "PKG", "PO4", "PWK", "QTY", "SDQ", "SI", "SLN", "SPI",
    "TD3", "TD4", "TSD", "V1", "YNQ",
  ]
}
