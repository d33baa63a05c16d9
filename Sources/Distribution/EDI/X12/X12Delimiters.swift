/// The four characters that an interchange declares in its ISA and is punctuated with from there on.
public struct X12Delimiters: Hashable, Sendable {
  /// Between elements: byte 4 of the ISA.
  public let element: UInt8
  /// Between components of a composite element: ISA16.
  public let component: UInt8
  /// Behind every segment: the byte after ISA16.
  public let segment: UInt8

  public init(element: UInt8, component: UInt8, segment: UInt8) {
    self.element = element
    self.component = component
    self.segment = segment
  }

  /// `*`, `>` and `~`, with which this side writes.
  public static let standard = X12Delimiters(
    element: UInt8(ascii: "*"), component: UInt8(ascii: ">"), segment: UInt8(ascii: "~"))

  /// Whether the three differ and none of them can be part of a value or of an empty, space-filled one.
  var areUsable: Bool {
    guard element != component, component != segment, element != segment else { return false }
    return Self.isPunctuation(element) && Self.isPunctuation(component)
      && (Self.isPunctuation(segment) || segment == 0x0A || segment == 0x0D)
  }

  /// Separators outside ASCII would cut multi-byte characters apart. Control characters from 0x1C up are the ones the
  /// standard recommends; NUL and line ends are not separators of elements.
  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: " "):
      false
    case 0x01...0x09, 0x0E...0x7E: true
    default: false
    }
  }
}
