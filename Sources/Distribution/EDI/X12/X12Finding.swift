/// One thing that is wrong with an interchange, precise enough to be written into a TA1 or a 997.
public struct X12Finding: Hashable, Sendable {
  /// Where it lies, which also says whose code list `code` is from.
  public enum Level: String, Sendable, CaseIterable {
    /// TA105, code list I18.
    case interchange
    /// AK905–AK909, code list 716.
    case group
    /// AK502–AK506, code list 718.
    case set
    /// AK304, code list 720.
    case segment
    /// AK403, code list 723.
    case element
  }

  public let level: Level
  public let code: String
  /// Whether it rejects what it lies in; otherwise it is accepted with the error noted.
  public let isFatal: Bool
  /// Tag of the segment at fault.
  public let segment: String
  /// Position of that segment: in its set (ST is 1), or in the interchange (ISA is 1) when it is in no set.
  public let position: Int
  /// The loop that the segment is in, by the tag that starts it.
  public let loop: String?
  /// Element position, from 1.
  public let element: Int?
  /// The standard's number of the data element.
  public let elementNumber: Int?
  /// What stood there.
  public let value: String?
  /// A sentence for the person who has to put it right.
  public let note: String

  public init(
    _ level: Level, _ code: String, isFatal: Bool = true, at segment: String, _ position: Int, loop: String? = nil,
    element: Int? = nil, elementNumber: Int? = nil, value: String? = nil, _ note: String
  ) {
    self.level = level
    self.code = code
    self.isFatal = isFatal
    self.segment = segment
    self.position = position
    self.loop = loop
    self.element = element
    self.elementNumber = elementNumber
    self.value = value
    self.note = note
  }

  /// `PO1[16].02`: segment tag, position and element, as refusals and lists name the place.
  public var place: String {
    let segmentPlace = "\(segment)[\(position)]"
    guard let element else { return segmentPlace }
    return segmentPlace + (element < 10 ? ".0\(element)" : ".\(element)")
  }
}
