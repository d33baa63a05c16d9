/// How long texts may be in the segments that are read here (directory D.96A). What is longer would fit no place that
/// it is kept in, and is a fault of the message. Free text for people (FTX, IMD) is cut where it is kept and may be as
/// long as its sender likes: no order should fail for a talkative reason.
enum EDIFACTLengths {
  /// Components of each element, in order; what stands behind them is carried and not read.
  private static let max: [String: [[Int]]] = [
    "BGM": [[3, 3, 3, 35], [35], [3], [3]], "DTM": [[3, 35, 3]], "RFF": [[3, 35, 6, 35]],
    "NAD": [[3], [35, 3, 3], [35, 35, 35, 35, 35], [35, 35, 35, 35, 35, 3], [35, 35, 35], [35], [9], [17], [3]],
    "CUX": [[3, 3, 3, 4]], "PAT": [[3], [17, 3, 3, 35, 35], [3, 3, 3, 3]],
    "TDT": [[3], [17], [3, 17], [8, 17], [17, 3, 3, 35]],
    "LIN": [[6], [3], [35, 3, 3, 3]],
    "PIA": [[3], [35, 3, 3, 3], [35, 3, 3, 3], [35, 3, 3, 3], [35, 3, 3, 3], [35, 3, 3, 3]],
    "CPS": [[12], [12], [3]], "PCI": [[3], [35, 35, 35, 35, 35, 35, 35, 35, 35, 35]],
    "GIN": [[3], [35, 35], [35, 35], [35, 35], [35, 35], [35, 35]], "ALC": [[3], [35, 3]], "CNT": [[3, 18, 3]],
    // Numbers: one sign and one decimal mark do not count.
    "QTY": [[3, 17, 3]], "PRI": [[3, 17, 3, 3, 11, 3]], "MOA": [[3, 20, 3, 3, 3]],
    "UCI": [[14], [35, 4], [35, 4], [3], [3], [3]], "UCM": [[14], [6, 3, 3, 2, 6], [3], [3], [3]],
    "UCS": [[6], [3]], "UCD": [[3], [3, 3, 6]],
  ]

  /// What is too long in a message, each segment once.
  static func findings(_ message: EDIFACTMessage) -> [EDIFACTFinding] { message.segments.compactMap(finding) }

  private static func finding(_ segment: EDIFACTSegment) -> EDIFACTFinding? {
    for (index, (components, lengths)) in zip(segment.elements, max[segment.tag] ?? []).enumerated() {
      for (text, most) in zip(components, lengths) where text.unicodeScalars.count > most {
        return EDIFACTFinding(
          .tooLong, at: segment, element: index + 1,
          "A text of \(text.unicodeScalars.count) characters stands where \(most) are the most.")
      }
    }
    return nil
  }
}
