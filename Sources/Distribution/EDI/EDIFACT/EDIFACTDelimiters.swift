/// The characters that give an interchange its form (service string advice UNA, ISO 9735 section 6).
public struct EDIFACTDelimiters: Hashable, Sendable {
  public let component: UInt8
  public let element: UInt8
  public let decimalMark: UInt8
  /// Takes the meaning from the character behind it.
  public let release: UInt8
  public let terminator: UInt8

  /// What holds without a UNA.
  public static let standard = EDIFACTDelimiters(
    component: UInt8(ascii: ":"), element: UInt8(ascii: "+"), decimalMark: UInt8(ascii: "."),
    release: UInt8(ascii: "?"), terminator: UInt8(ascii: "'"))

  init(component: UInt8, element: UInt8, decimalMark: UInt8, release: UInt8, terminator: UInt8) {
    self.component = component
    self.element = element
    self.decimalMark = decimalMark
    self.release = release
    self.terminator = terminator
  }

  /// The six characters behind `UNA`. `nil` when they cannot be told apart or stand in ordinary text.
  init?(_ advice: ArraySlice<UInt8>) {
    guard advice.count == 6 else { return nil }
    let at = advice.startIndex
    self.init(
      component: advice[at], element: advice[at + 1], decimalMark: advice[at + 2], release: advice[at + 3],
      terminator: advice[at + 5])
    var distinct: Set<UInt8> = [component, element, terminator]
    guard distinct.count == 3, [UInt8(ascii: "."), UInt8(ascii: ",")].contains(decimalMark) else { return nil }
    // A space says that there is no release character.
    if release != 0x20, !distinct.insert(release).inserted { return nil }
    let isService = distinct.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), 0x20, 0x80...0xFF:
        false
      default: true
      }
    }
    guard isService else { return nil }
  }
}
