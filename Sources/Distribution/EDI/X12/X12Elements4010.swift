/// Data elements of ASC X12 004010 that the sets here use: number, type, length and, where the meaning depends on it,
/// the list of codes.
enum X12Elements4010 {
  static let all: [X12ElementDefinition] = control + business + text

  private static let control: [X12ElementDefinition] = [
    X12ElementDefinition(2, .n0, 1...6),
    X12ElementDefinition(28, .n0, 1...9),
    X12ElementDefinition(96, .n0, 1...10),
    X12ElementDefinition(97, .n0, 1...6),
    X12ElementDefinition(123, .n0, 1...6),
    X12ElementDefinition(143, .id, 3...3),
    X12ElementDefinition(329, .an, 4...9),
    X12ElementDefinition(354, .n0, 1...6),
    X12ElementDefinition(347, .r, 1...10),
    X12ElementDefinition(447, .an, 1...6),
    X12ElementDefinition(479, .id, 2...2),
    X12ElementDefinition(715, .id, 1...1, ["A", "E", "M", "P", "R", "W", "X"]),
    X12ElementDefinition(716, .id, 1...3),
    X12ElementDefinition(717, .id, 1...1, ["A", "E", "M", "R", "W", "X"]),
    X12ElementDefinition(718, .id, 1...3),
    X12ElementDefinition(719, .n0, 1...6),
    X12ElementDefinition(720, .id, 1...3, ["1", "2", "3", "4", "5", "6", "7", "8"]),
    X12ElementDefinition(721, .id, 2...3),
    // AK401 is the composite C030; it is read as text here.
    X12ElementDefinition(722, .an, 1...5),
    X12ElementDefinition(723, .id, 1...3, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]),
    X12ElementDefinition(724, .an, 1...99),
    X12ElementDefinition(725, .n0, 1...4),
  ]

  private static let business: [X12ElementDefinition] = [
    X12ElementDefinition(26, .id, 2...3),
    X12ElementDefinition(66, .id, 1...2),
    X12ElementDefinition(92, .id, 2...2),
    X12ElementDefinition(98, .id, 2...3),
    X12ElementDefinition(100, .id, 3...3),
    X12ElementDefinition(116, .id, 3...15),
    X12ElementDefinition(128, .id, 2...3),
    X12ElementDefinition(156, .id, 2...2),
    X12ElementDefinition(212, .r, 1...17),
    X12ElementDefinition(235, .id, 2...2),
    X12ElementDefinition(280, .r, 4...10),
    X12ElementDefinition(330, .r, 1...15),
    X12ElementDefinition(337, .tm, 4...8),
    X12ElementDefinition(349, .id, 1...1, ["F", "S", "X"]),
    X12ElementDefinition(353, .id, 2...2, purposes),
    X12ElementDefinition(355, .id, 2...2),
    X12ElementDefinition(365, .id, 2...2),
    X12ElementDefinition(366, .id, 2...2),
    X12ElementDefinition(373, .dt, 8...8),
    X12ElementDefinition(374, .id, 3...3),
    X12ElementDefinition(380, .r, 1...15),
    X12ElementDefinition(559, .id, 2...2),
    X12ElementDefinition(587, .id, 2...2, acknowledgmentTypes),
    X12ElementDefinition(623, .id, 2...2),
    X12ElementDefinition(639, .id, 2...2),
    X12ElementDefinition(668, .id, 2...2, lineStatuses),
    X12ElementDefinition(750, .id, 2...3),
  ]

  private static let text: [X12ElementDefinition] = [
    X12ElementDefinition(19, .an, 2...30),
    X12ElementDefinition(67, .an, 2...80),
    X12ElementDefinition(93, .an, 1...60),
    X12ElementDefinition(127, .an, 1...30),
    X12ElementDefinition(166, .an, 1...55),
    X12ElementDefinition(234, .an, 1...48),
    X12ElementDefinition(324, .an, 1...22),
    X12ElementDefinition(326, .an, 1...45),
    X12ElementDefinition(328, .an, 1...30),
    X12ElementDefinition(350, .an, 1...20),
    X12ElementDefinition(352, .an, 1...80),
    X12ElementDefinition(364, .an, 1...80),
    X12ElementDefinition(367, .an, 1...30),
    X12ElementDefinition(751, .an, 1...12),
  ]

  /// 353, Transaction Set Purpose Code.
  private static let purposes: Set<String> = [
    "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18",
    "19", "20", "21", "22", "24", "25", "26", "27", "28",
  ]

  /// 587, Acknowledgment Type.
  private static let acknowledgmentTypes: Set<String> = [
    "AC", "AD", "AE", "AH", "AK", "AP", "AT", "NA", "RD", "RF", "RJ", "RO", "ZZ",
  ]

  /// 668, Line Item Status Code.
  private static let lineStatuses: Set<String> = [
    "AC", "AR", "BP", "DR", "IA", "IB", "IC", "ID", "IE", "IF", "IH", "IP", "IQ", "IR", "IS", "IW", "R1", "R2", "R3",
    "R4", "R5", "R6", "SP",
  ]
}
