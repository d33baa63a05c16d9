/// How a data element is written (X12.3).
public enum X12ElementType: String, Sendable {
  /// Text.
  case an = "AN"
  /// A code.
  case id = "ID"
  /// A whole number.
  case n0 = "N0"
  /// A whole number with two decimals implied: 12500 is 125.00.
  case n2 = "N2"
  /// A decimal with an explicit point.
  case r = "R"
  /// `CCYYMMDD`.
  case dt = "DT"
  /// `HHMM` and finer.
  case tm = "TM"
}

/// A data element: its type and length belong to its number, wherever it is used.
public struct X12ElementDefinition: Sendable {
  public let number: Int
  public let type: X12ElementType
  public let lengths: ClosedRange<Int>
  /// The codes allowed; `nil` where the list is open or not ours to judge.
  public let codes: Set<String>?

  init(_ number: Int, _ type: X12ElementType, _ lengths: ClosedRange<Int>, _ codes: Set<String>? = nil) {
    self.number = number
    self.type = type
    self.lengths = lengths
    self.codes = codes
  }
}

/// An element at its place in a segment.
public struct X12ElementUse: Sendable {
  public let number: Int
  public let isMandatory: Bool

  static func m(_ number: Int) -> X12ElementUse { X12ElementUse(number: number, isMandatory: true) }
  static func o(_ number: Int) -> X12ElementUse { X12ElementUse(number: number, isMandatory: false) }
}

/// A segment: its elements in order.
public struct X12SegmentDefinition: Sendable {
  public let tag: String
  public let elements: [X12ElementUse]
  /// Elements that the standard gives the segment. Those beyond `elements` are carried and not checked.
  public let width: Int
  /// Pairs of positions that come together or not at all (relational condition P).
  public let pairs: [[Int]]

  init(_ tag: String, width: Int = 0, pairs: [[Int]] = [], _ elements: [X12ElementUse]) {
    self.tag = tag
    self.elements = elements
    self.width = max(width, elements.count)
    self.pairs = pairs
  }
}

/// One place in the order of a set: a segment, or a loop of them that its first segment starts.
public indirect enum X12Node: Sendable {
  case segment(String, isMandatory: Bool, max: Int)
  case loop(isMandatory: Bool, max: Int, [X12Node])

  /// The tag by which the place is recognised.
  var trigger: String {
    switch self {
    case .segment(let tag, _, _): tag
    case .loop(_, _, let nodes): nodes.first?.trigger ?? ""
    }
  }

  var isMandatory: Bool {
    switch self {
    case .segment(_, let isMandatory, _), .loop(let isMandatory, _, _): isMandatory
    }
  }

  var max: Int {
    switch self {
    case .segment(_, _, let max), .loop(_, let max, _): max
    }
  }

  static func must(_ tag: String) -> X12Node { .segment(tag, isMandatory: true, max: 1) }
  static func may(_ tag: String, _ max: Int = 1) -> X12Node { .segment(tag, isMandatory: false, max: max) }
}

/// A transaction set of one version.
public struct X12SetDefinition: Sendable {
  /// ST01.
  public let code: String
  /// GS01 of the group that carries it.
  public let functionalID: String
  public let nodes: [X12Node]
  /// Segments that the standard allows in the set and that are let pass unread.
  public let unread: Set<String>
  /// Segment and element that number the lines; a number used twice is a fault, since answers refer to it.
  public let lineNumber: (segment: String, element: Int)?
  /// The segment whose number CTT01 tells.
  public let counted: String?

  init(
    _ code: String, functionalID: String, unread: Set<String> = [],
    lineNumber: (segment: String, element: Int)? = nil, counted: String? = nil, _ nodes: [X12Node]
  ) {
    self.code = code
    self.functionalID = functionalID
    self.unread = unread
    self.lineNumber = lineNumber
    self.counted = counted
    self.nodes = nodes
  }
}

/// The sets, segments and elements of one version of X12. Data only: a set is added by adding entries.
public struct X12Dictionary: Sendable {
  /// GS08 without an industry's suffix.
  public let version: String
  public let elements: [Int: X12ElementDefinition]
  public let segments: [String: X12SegmentDefinition]
  public let sets: [String: X12SetDefinition]

  init(
    version: String, elements: [X12ElementDefinition], segments: [X12SegmentDefinition], sets: [X12SetDefinition]
  ) {
    self.version = version
    self.elements = Dictionary(elements.map { ($0.number, $0) }) { first, _ in first }
    self.segments = Dictionary(segments.map { ($0.tag, $0) }) { first, _ in first }
    self.sets = Dictionary(sets.map { ($0.code, $0) }) { first, _ in first }
  }

  /// Version 004010 with the sets 810, 850, 855, 856 and 997.
  public static let v4010 = X12Dictionary(
    version: "004010", elements: X12Elements4010.all + X12Delivery4010.elements,
    segments: X12Segments4010.all + X12Delivery4010.segments, sets: X12Sets4010.all + X12Delivery4010.sets)
}
