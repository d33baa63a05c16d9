import BulkheadCore

/// How much of an interchange is read. Beyond a limit all of it is refused with `edi.tooLarge`.
public struct EDIFACTLimits: Sendable {
  public var bytesMax = 4 << 20
  public var segmentsMax = 100_000
  public var elementsMax = 64
  public var componentsMax = 32
  public var componentBytesMax = 4096
  public var messagesMax = 1000

  public init() {}
  public static let standard = EDIFACTLimits()
}

extension RefusalCode {
  /// The bytes do not begin with UNA or UNB.
  public static let ediNotEDIFACT = RefusalCode("edi.notEDIFACT", .malformed)
  /// A segment that cannot be taken apart.
  public static let ediSegmentMalformed = RefusalCode("edi.segmentMalformed", .malformed)
}

/// Takes bytes apart into segments, whose texts are still bytes: which characters they are says the first of them.
struct EDIFACTTokens {
  struct Raw {
    var tag: [UInt8] = []
    var elements: [[[UInt8]]] = []
  }

  let delimiters: EDIFACTDelimiters
  let segments: [Raw]

  /// Refuses with `edi.notEDIFACT`, `edi.truncated`, `edi.segmentMalformed` and `edi.tooLarge`; the place is the
  /// segment's tag and its number in the interchange.
  init(_ bytes: [UInt8], _ limits: EDIFACTLimits) throws(Refusal) {
    guard bytes.count <= limits.bytesMax else { throw Self.tooLarge("The interchange", "UNB[1]") }
    var rest = bytes.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }
    if rest.starts(with: Array("UNA".utf8)) {
      guard rest.count >= 9 else { throw Self.truncated("UNA", 0) }
      guard let advice = EDIFACTDelimiters(rest.dropFirst(3).prefix(6)) else {
        throw Refusal(.ediSegmentMalformed, "The characters of the UNA cannot be told apart.", at: "UNA[0]")
      }
      delimiters = advice
      rest = rest.dropFirst(9)
    } else {
      delimiters = .standard
    }
    rest = rest.drop { $0 == 0x0A || $0 == 0x0D }
    guard rest.starts(with: Array("UNB".utf8)) else {
      throw Refusal(.ediNotEDIFACT, "An EDIFACT interchange begins with UNA or UNB.", at: "UNB[1]")
    }
    var scanner = Scanner(delimiters: delimiters, limits: limits)
    for byte in rest { try scanner.take(byte) }
    segments = try scanner.end()
  }

  private static func tooLarge(_ what: String, _ place: String) -> Refusal {
    Refusal(.ediTooLarge, "\(what) is larger than what is read.", at: place)
  }

  private static func truncated(_ tag: String, _ position: Int) -> Refusal {
    Refusal(.ediTruncated, "The interchange ends inside this segment.", at: "\(tag)[\(position)]")
  }

  /// One byte after the other.
  private struct Scanner {
    let delimiters: EDIFACTDelimiters
    let limits: EDIFACTLimits
    private var segments: [Raw] = []
    private var current = Raw()
    private var component: [UInt8] = []
    private var components: [[UInt8]] = []
    private var isReleased = false
    private var isInTag = true
    private var isBetween = true

    init(delimiters: EDIFACTDelimiters, limits: EDIFACTLimits) {
      self.delimiters = delimiters
      self.limits = limits
    }

    private var position: Int { segments.count + 1 }
    private var tag: String { String(decoding: current.tag.prefix(3), as: UTF8.self) }

    mutating func take(_ byte: UInt8) throws(Refusal) {
      // Line ends between segments are for the eye.
      if isBetween, byte == 0x0A || byte == 0x0D || byte == 0x20 { return }
      isBetween = false
      if isReleased {
        isReleased = false
        try append(byte)
      } else if byte == delimiters.release, delimiters.release != 0x20 {
        isReleased = true
      } else if byte == delimiters.terminator {
        try endSegment()
      } else if byte == delimiters.element {
        try endElement()
      } else if byte == delimiters.component, !isInTag {
        try endComponent()
      } else if byte == 0x0A || byte == 0x0D {
        // Some senders break lines in the middle of a segment; the standard has no such character.
      } else {
        try append(byte)
      }
    }

    private mutating func append(_ byte: UInt8) throws(Refusal) {
      if isInTag {
        guard current.tag.count < 3 else { throw malformed("A tag has three characters.") }
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (48...57).contains(byte) else {
          throw malformed("A tag has capital letters and digits only.")
        }
        current.tag.append(byte)
      } else {
        guard component.count < limits.componentBytesMax else { throw tooLarge("The element") }
        component.append(byte)
      }
    }

    private mutating func endComponent() throws(Refusal) {
      guard components.count < limits.componentsMax else { throw tooLarge("The element") }
      components.append(component)
      component = []
    }

    private mutating func endElement() throws(Refusal) {
      if isInTag {
        guard current.tag.count == 3 else { throw malformed("A tag has three characters.") }
        isInTag = false
        return
      }
      try endComponent()
      guard current.elements.count < limits.elementsMax else { throw tooLarge("The segment") }
      current.elements.append(components)
      components = []
    }

    private mutating func endSegment() throws(Refusal) {
      if isInTag {
        guard current.tag.count == 3 else { throw malformed("A tag has three characters.") }
      } else {
        try endElement()
      }
      guard segments.count < limits.segmentsMax else { throw tooLarge("The interchange") }
      segments.append(current)
      current = Raw()
      isInTag = true
      isBetween = true
    }

    mutating func end() throws(Refusal) -> [Raw] {
      guard isBetween else { throw EDIFACTTokens.truncated(tag, position) }
      return segments
    }

    private func malformed(_ note: String) -> Refusal {
      Refusal(.ediSegmentMalformed, note, at: "\(tag)[\(position)]")
    }

    private func tooLarge(_ what: String) -> Refusal { EDIFACTTokens.tooLarge(what, "\(tag)[\(position)]") }
  }
}
