/// Writes segments and interchanges, with the standard's own delimiters.
public enum EDIFACTWriter {
  private static let delimiters = EDIFACTDelimiters.standard

  /// An interchange of messages whose UNH and UNT are written here. `nil` when a text has characters that `syntax` has
  /// not.
  public static func interchange(
    from sender: EDIFACTAddress, to recipient: EDIFACTAddress, date: String, time: String, reference: String,
    isTest: Bool = false, syntax: EDIFACTText = .unoC,
    messages: [(reference: String, identifier: [String], body: [EDIFACTSegment])]
  ) -> [UInt8]? {
    var header: [[String]] = [
      [syntax.rawValue, "3"], address(sender), address(recipient), [date, time], [reference],
    ]
    if isTest { header += [[""], [""], [""], [""], [""], ["1"]] }
    var segments = [EDIFACTSegment("UNB", header)]
    for message in messages {
      segments.append(EDIFACTSegment("UNH", [[message.reference], message.identifier]))
      segments += message.body
      segments.append(EDIFACTSegment("UNT", [[String(message.body.count + 2)], [message.reference]]))
    }
    segments.append(EDIFACTSegment("UNZ", [[String(messages.count)], [reference]]))
    return syntax.encode("UNA:+.? '\r\n" + segments.map(text).joined(separator: "\r\n") + "\r\n")
  }

  /// One segment with its terminator. Components and elements that are empty at the end are left out.
  public static func text(_ segment: EDIFACTSegment) -> String {
    var elements = segment.elements.map { components in
      trimmed(components).map(escaped).joined(separator: String(UnicodeScalar(delimiters.component)))
    }
    while elements.last == "" { elements.removeLast() }
    let element = String(UnicodeScalar(delimiters.element))
    return ([segment.tag] + elements).joined(separator: element) + String(UnicodeScalar(delimiters.terminator))
  }

  private static func address(_ address: EDIFACTAddress) -> [String] {
    address.qualifier.isEmpty ? [address.id] : [address.id, address.qualifier]
  }

  private static func trimmed(_ components: [String]) -> [String] {
    var kept = components[...]
    while kept.last == "" { kept.removeLast() }
    return Array(kept)
  }

  private static func escaped(_ text: String) -> String {
    let special = [delimiters.component, delimiters.element, delimiters.release, delimiters.terminator]
    guard text.utf8.contains(where: { special.contains($0) || $0 == 0x0A || $0 == 0x0D }) else { return text }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      // A line end cannot stand in a segment.
      if scalar == "\n" || scalar == "\r" {
        out.append(" ")
        continue
      }
      if scalar.isASCII, special.contains(UInt8(scalar.value)) { out.append(UnicodeScalar(delimiters.release)) }
      out.append(scalar)
    }
    return String(out)
  }
}
