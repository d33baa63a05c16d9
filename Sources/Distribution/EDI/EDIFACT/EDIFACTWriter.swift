import BulkheadCore

/// Everything an outbound interchange needs besides its messages. References are the caller's.
public struct EDIFACTEnvelope: Sendable {
  public let sender: EDIFACTAddress
  public let recipient: EDIFACTAddress
  public let writtenAt: Instant
  /// UNB 0020.
  public let reference: String
  public let isTest: Bool
  /// UNB 0031.
  public let wantsAcknowledgement: Bool
  public let syntax: EDIFACTText

  public init(
    sender: EDIFACTAddress, recipient: EDIFACTAddress, writtenAt: Instant, reference: String, isTest: Bool,
    wantsAcknowledgement: Bool, syntax: EDIFACTText = .unoC
  ) {
    self.sender = sender
    self.recipient = recipient
    self.writtenAt = writtenAt
    self.reference = reference
    self.isTest = isTest
    self.wantsAcknowledgement = wantsAcknowledgement
    self.syntax = syntax
  }

  /// S004 with two digits of the year, as syntax version 3 has it.
  fileprivate var preparation: [String] {
    let date = writtenAt.date
    let time = writtenAt.time
    let day = [date.year % 100, date.month, date.day].map { X12Number.padded($0, to: 2) }.joined()
    return [day, X12Number.padded(time.hour, to: 2) + X12Number.padded(time.minute, to: 2)]
  }
}

/// Writes segments and interchanges, with the standard's own delimiters.
public enum EDIFACTWriter {
  private static let delimiters = EDIFACTDelimiters.standard

  /// An interchange of messages whose UNH and UNT are written here. Characters that the repertoire has not become
  /// question marks: what else the recipient reads is not known.
  public static func interchange(
    _ envelope: EDIFACTEnvelope, messages: [(reference: String, identifier: [String], body: [EDIFACTSegment])]
  ) -> [UInt8] {
    let asks = envelope.wantsAcknowledgement ? "1" : ""
    let header: [[String]] = [
      [envelope.syntax.rawValue, "3"], address(envelope.sender), address(envelope.recipient), envelope.preparation,
      [envelope.reference], [""], [""], [""], [asks], [""], [envelope.isTest ? "1" : ""],
    ]
    var segments = [EDIFACTSegment("UNB", header)]
    for message in messages {
      segments.append(EDIFACTSegment("UNH", [[message.reference], message.identifier]))
      segments += message.body
      segments.append(EDIFACTSegment("UNT", [[String(message.body.count + 2)], [message.reference]]))
    }
    segments.append(EDIFACTSegment("UNZ", [[String(messages.count)], [envelope.reference]]))
    let lines = segments.map { text(envelope.syntax.fitted($0)) }
    return envelope.syntax.bytes("UNA:+.? '\r\n" + lines.joined(separator: "\r\n") + "\r\n")
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
