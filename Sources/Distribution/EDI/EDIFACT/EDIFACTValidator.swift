import BulkheadCore

/// Judges messages as an acknowledgment has to: whether they are of a kind that is read here, whether their texts fit,
/// and whether their reader can make out what it needs. Whether that is good business is judged later.
enum EDIFACTValidator {
  static func check(_ interchange: EDIFACTInterchange) -> EDIFACTInterchange {
    let judged = interchange.messages.map { message in
      message.isRejected ? message : message.adding(findings(message))
    }
    let isEmpty = interchange.messages.isEmpty && !interchange.isRejected
    return interchange.adding(
      isEmpty
        ? EDIFACTFinding(.lowerLevelEmpty, at: "UNZ", 2, element: 1, "The interchange has no message.") : nil,
      messages: judged)
  }

  private static func findings(_ message: EDIFACTMessage) -> [EDIFACTFinding] {
    if let wrong = directory(message) { return [wrong] }
    let long = EDIFACTLengths.findings(message)
    guard long.isEmpty else { return long }
    do throws(EDIFACTFinding) {
      try EDIFACTDocuments.check(message)
      return []
    } catch { return [error] }
  }

  /// Business messages are of D.96A, CONTRL of the syntax itself.
  private static func directory(_ message: EDIFACTMessage) -> EDIFACTFinding? {
    guard let header = message.segments.first else { return nil }
    guard let found = EDIDocumentKind.of(message.type), found.syntax == .edifact else {
      return EDIFACTFinding(.valueNotSupported, at: header, element: 2, "Messages of this type are not read here.")
    }
    guard found.kind != .acknowledgment, message.version != "D" || message.release != "96A" else { return nil }
    return EDIFACTFinding(.valueNotSupported, at: header, element: 2, "Only the directory D.96A is read here.")
  }
}
