/// What a partner's 997 says about a group that was sent to it, or its CONTRL about an interchange.
public struct FunctionalAcknowledgment: Hashable, Sendable {
  public enum Verdict: String, Sendable {
    case accepted
    case acceptedWithErrors = "accepted_with_errors"
    case rejected

    /// Code lists 715 and 717. An unknown code does not accept anything.
    init(code: String) {
      self =
        switch code {
        case "A": .accepted
        case "E", "P": .acceptedWithErrors
        default: .rejected
        }
    }
  }

  /// AK202 and AK501 of one set; the reference and the action of a UCM.
  public struct SetVerdict: Hashable, Sendable {
    public let control: String
    public let verdict: Verdict
  }

  /// AK102 without leading zeros: the GS06 that is answered. In a CONTRL the reference of the interchange.
  public let groupControl: String
  /// AK901 or the action of the UCI: holds for every document that `sets` does not name. `nil` says nothing yet.
  public let verdict: Verdict?
  public let sets: [SetVerdict]
  /// What is complained of, in words, for the person who looks into it.
  public let notes: [String]

  /// Reads a 997 that a validator accepted; `nil` when it names no group.
  public static func read(_ set: X12TransactionSet) -> FunctionalAcknowledgment? {
    guard let head = set.segments.first(where: { $0.tag == "AK1" }), let control = X12Number.whole(head[2]),
      let last = set.segments.last(where: { $0.tag == "AK9" })
    else { return nil }
    var sets: [SetVerdict] = []
    var notes: [String] = []
    var current = ""
    var segment = ""
    for item in set.segments {
      switch item.tag {
      case "AK2": current = item[2]
      case "AK3":
        segment = "\(item[1])[\(item[2])]"
        notes.append("set \(current): \(segment) error \(item[4])")
      case "AK4": notes.append("set \(current): \(segment) element \(item[1]) error \(item[3])")
      case "AK5": sets.append(SetVerdict(control: current, verdict: Verdict(code: item[1])))
      default: break
      }
    }
    return FunctionalAcknowledgment(
      groupControl: String(control), verdict: Verdict(code: last[1]), sets: sets, notes: notes)
  }
}
