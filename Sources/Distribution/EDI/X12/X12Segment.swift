/// One segment as read or to be written: a tag and its elements, counted from 1 as the standard does.
public struct X12Segment: Hashable, Sendable {
  /// `BEG`, `PO1`, …; as received, so it may be anything up to the first element separator.
  public let tag: String
  /// Element texts in order, composites uncut.
  public let elements: [String]
  /// The segment's place: in its transaction set, where ST is 1, or in the interchange, where ISA is 1, for segments
  /// outside a set. Zero for one that is yet to be written.
  public let position: Int

  public init(_ tag: String, _ elements: [String], position: Int = 0) {
    self.tag = tag
    self.elements = elements
    self.position = position
  }

  /// A segment to be written.
  public init(_ tag: String, _ elements: String...) {
    self.init(tag, elements)
  }

  /// The element at `position`, or the empty string where the sender left it out.
  public subscript(position: Int) -> String {
    position >= 1 && position <= elements.count ? elements[position - 1] : ""
  }

  /// Element `position`, or `nil` when empty.
  public func value(_ position: Int) -> String? {
    let text = self[position]
    return text.isEmpty ? nil : text
  }
}
