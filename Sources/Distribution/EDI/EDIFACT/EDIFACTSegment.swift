import BulkheadCore

/// One segment: a tag and data elements, each of one or more components.
public struct EDIFACTSegment: Hashable, Sendable {
  public let tag: String
  public let elements: [[String]]
  /// In its message (UNH is 1), or in the interchange (UNB is 1) when it is in none.
  public let position: Int

  public init(_ tag: String, _ elements: [[String]], position: Int = 0) {
    self.tag = tag
    self.elements = elements
    self.position = position
  }

  /// A component, both counted from 1; empty when it was not sent.
  public subscript(element: Int, component: Int) -> String {
    guard element >= 1, element <= elements.count else { return "" }
    let components = elements[element - 1]
    return component >= 1 && component <= components.count ? components[component - 1] : ""
  }

  public func value(_ element: Int, _ component: Int = 1) -> String? {
    let text = self[element, component]
    return text.isEmpty ? nil : text
  }

  /// `LIN[7]`: tag and position, as findings name the place.
  public var place: String { "\(tag)[\(position)]" }

  func at(_ position: Int) -> EDIFACTSegment { EDIFACTSegment(tag, elements, position: position) }

  /// Whether a text has a character that cannot be printed.
  var hasControl: Bool {
    elements.contains { $0.contains { $0.unicodeScalars.contains(where: EDIFACTText.isControl) } }
  }
}

/// One thing that is wrong with an interchange, precise enough to be written into a CONTRL.
public struct EDIFACTFinding: Error, Hashable, Sendable {
  /// Code list 0085 of the CONTRL message, as far as it is used.
  public enum Code: String, Sendable, CaseIterable {
    case syntaxNotSupported = "2"
    case invalidValue = "12"
    case missing = "13"
    case valueNotSupported = "14"
    case notSupportedHere = "15"
    case unspecified = "18"
    case invalidCharacter = "21"
    case duplicate = "26"
    case referencesDiffer = "28"
    case countDiffers = "29"
    case groupsAndMessages = "30"
    case lowerLevelEmpty = "32"
    case invalidType = "37"
    case tooLong = "39"
  }

  public let code: Code
  /// Tag and position of the segment at fault.
  public let segment: String
  public let position: Int
  /// Data element, from 1, where one is to blame.
  public let element: Int?
  /// Whether it rejects what it lies in.
  public let isFatal: Bool
  /// A sentence for the person who has to put it right.
  public let note: String

  init(_ code: Code, at segment: EDIFACTSegment, element: Int? = nil, isFatal: Bool = true, _ note: String) {
    self.init(code, at: segment.tag, segment.position, element: element, isFatal: isFatal, note)
  }

  init(
    _ code: Code, at segment: String, _ position: Int, element: Int? = nil, isFatal: Bool = true, _ note: String
  ) {
    self.code = code
    self.segment = segment
    self.position = position
    self.element = element
    self.isFatal = isFatal
    self.note = note
  }

  public var place: String { "\(segment)[\(position)]" + (element.map { ".\($0)" } ?? "") }

  /// The same as a refusal of what the message says.
  var refusal: Refusal { Refusal(RefusalCode("edi.unmappable", .invalid), note, at: place) }
}
