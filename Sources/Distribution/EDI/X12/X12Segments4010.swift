/// Segments of ASC X12 004010 that the sets here use.
enum X12Segments4010 {
  static let all: [X12SegmentDefinition] = frames + headers + parties + lines + acknowledgment

  private static let frames: [X12SegmentDefinition] = [
    X12SegmentDefinition("ST", [.m(143), .m(329)]),
    X12SegmentDefinition("SE", [.m(96), .m(329)]),
  ]

  private static let headers: [X12SegmentDefinition] = [
    X12SegmentDefinition("BEG", width: 12, [.m(353), .m(92), .m(324), .o(328), .m(373), .o(367), .o(587)]),
    X12SegmentDefinition(
      "BAK", width: 10, [.m(353), .m(587), .m(324), .m(373), .o(328), .o(326), .o(367), .o(127), .o(373)]),
    X12SegmentDefinition("CUR", width: 21, [.m(98), .m(100), .o(280)]),
    X12SegmentDefinition("REF", width: 4, [.m(128), .o(127), .o(352)]),
    X12SegmentDefinition("PER", width: 9, pairs: [[3, 4]], [.m(366), .o(93), .o(365), .o(364)]),
    X12SegmentDefinition("DTM", width: 6, [.m(374), .o(373), .o(337), .o(623)]),
  ]

  private static let parties: [X12SegmentDefinition] = [
    X12SegmentDefinition("N1", width: 6, pairs: [[3, 4]], [.m(98), .o(93), .o(66), .o(67)]),
    X12SegmentDefinition("N2", [.m(93), .o(93)]),
    X12SegmentDefinition("N3", [.m(166), .o(166)]),
    X12SegmentDefinition("N4", width: 6, [.o(19), .o(156), .o(116), .o(26)]),
  ]

  private static let lines: [X12SegmentDefinition] = [
    // PO102 and PO103 are optional in the standard. An order line without a quantity orders nothing, so they are
    // required here, as in nearly every implementation guide.
    X12SegmentDefinition(
      "PO1", width: 25, pairs: [[6, 7], [8, 9], [10, 11], [12, 13], [14, 15]],
      [.o(350), .m(330), .m(355), .o(212), .o(639)] + productIDs),
    X12SegmentDefinition("PID", width: 9, [.m(349), .o(750), .o(559), .o(751), .o(352)]),
    X12SegmentDefinition(
      "ACK", width: 29, pairs: [[2, 3], [7, 8], [9, 10]],
      [.m(668), .o(380), .o(355), .o(374), .o(373), .o(326)] + productIDs),
    X12SegmentDefinition("CTT", width: 7, [.m(354), .o(347)]),
  ]

  private static let productIDs: [X12ElementUse] = [
    .o(235), .o(234), .o(235), .o(234), .o(235), .o(234), .o(235), .o(234), .o(235), .o(234),
  ]

  private static let acknowledgment: [X12SegmentDefinition] = [
    X12SegmentDefinition("AK1", [.m(479), .m(28)]),
    X12SegmentDefinition("AK2", [.m(143), .m(329)]),
    X12SegmentDefinition("AK3", [.m(721), .m(719), .o(447), .o(720)]),
    X12SegmentDefinition("AK4", [.m(722), .o(725), .m(723), .o(724)]),
    X12SegmentDefinition("AK5", [.m(717), .o(718), .o(718), .o(718), .o(718), .o(718)]),
    X12SegmentDefinition("AK9", [.m(715), .m(97), .m(123), .m(2), .o(716), .o(716), .o(716), .o(716), .o(716)]),
  ]
}
