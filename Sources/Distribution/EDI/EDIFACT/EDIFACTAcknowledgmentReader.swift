/// Reads a partner's CONTRL.
enum EDIFACTAcknowledgmentReader {
  /// `nil` when it names no interchange.
  static func read(_ message: EDIFACTMessage) -> FunctionalAcknowledgment? {
    guard let head = message.segments.first(where: { $0.tag == "UCI" }), let reference = head.value(1) else {
      return nil
    }
    var sets: [FunctionalAcknowledgment.SetVerdict] = []
    var notes: [String] = []
    var current = ""
    if let code = head.value(5) { notes.append("interchange: error \(code) \(head.value(6) ?? "")") }
    for segment in message.segments {
      switch segment.tag {
      case "UCM":
        current = segment[1, 1]
        guard let verdict = verdict(segment[3, 1], error: segment.value(4)) else { continue }
        sets.append(.init(control: current, verdict: verdict))
        if let code = segment.value(4) { notes.append("message \(current): error \(code) \(segment.value(5) ?? "")") }
      case "UCS": notes.append("message \(current): segment \(segment[1, 1]) error \(segment[2, 1])")
      case "UCD": notes.append("message \(current): element \(segment[2, 1]) error \(segment[1, 1])")
      default: break
      }
    }
    return FunctionalAcknowledgment(
      groupControl: reference, verdict: verdict(head[4, 1], error: head.value(5)), sets: sets, notes: notes)
  }

  /// Code list 0083. 8 says that something came, and nothing about whether it will do; what is not known accepts
  /// nothing.
  private static func verdict(_ action: String, error: String?) -> FunctionalAcknowledgment.Verdict? {
    switch action {
    case "7": error == nil ? .accepted : .acceptedWithErrors
    case "8": nil
    default: .rejected
    }
  }
}
