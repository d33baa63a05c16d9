import BulkheadCore

/// Reads EDIFACT interchanges (ISO 9735, syntax versions 1 to 4 as far as they agree).
///
/// What cannot be taken apart is refused as a whole, with the segment named. Anything else is read, and what is wrong
/// with it is noted: with the envelope, or with the one message that it concerns.
public enum EDIFACTReader {
  public static func read(
    _ bytes: [UInt8], limits: EDIFACTLimits = .standard
  ) throws(Refusal) -> EDIFACTInterchange {
    let tokens = try EDIFACTTokens(bytes, limits)
    var walk = try EDIFACTWalk(tokens, limits)
    return try walk.interchange()
  }

  /// The same, but where only the UNB can be taken apart, that: whoever sent it can then be told which segment cannot.
  ///
  /// Refuses with `edi.notEDIFACT` and `edi.tooLarge`, and with `edi.truncated` and `edi.segmentMalformed` where it is
  /// the UNA or the UNB.
  static func readWhatCanBeAnswered(
    _ bytes: [UInt8], limits: EDIFACTLimits = .standard
  ) throws(Refusal) -> EDIFACTInterchange {
    do { return try read(bytes, limits: limits) } catch {
      guard error.code != .ediTooLarge, let place = error.violations.first?.pointer, let header = head(bytes) else {
        throw error
      }
      let named = place.split(separator: "[")
      let tag = named.count == 2 ? String(named[0]) : ""
      let position = named.last.flatMap { Int($0.dropLast()) } ?? 0
      guard !["UNA", "UNB"].contains(tag) else { throw error }
      let code: EDIFACTFinding.Code = error.code == .ediTruncated ? .missing : .unspecified
      var walk = try EDIFACTWalk(header, limits)
      return try walk.broken(
        EDIFACTFinding(code, at: tag.isEmpty ? "?" : tag, position, "\(error.detail) (segment \(position))"))
    }
  }

  /// The tokens up to the end of the UNB; `nil` when there is none that can be read.
  private static func head(_ bytes: [UInt8]) -> EDIFACTTokens? {
    var delimiters = EDIFACTDelimiters.standard
    var rest = bytes.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }
    if rest.starts(with: Array("UNA".utf8)) {
      guard let advice = EDIFACTDelimiters(rest.dropFirst(3).prefix(6)) else { return nil }
      delimiters = advice
      rest = rest.dropFirst(9)
    }
    var isReleased = false
    for index in rest.indices {
      if isReleased {
        isReleased = false
      } else if rest[index] == delimiters.release, delimiters.release != 0x20 {
        isReleased = true
      } else if rest[index] == delimiters.terminator {
        return try? EDIFACTTokens(Array(bytes[...index]), .standard)
      }
    }
    return nil
  }
}

/// Goes through the segments of one interchange.
private struct EDIFACTWalk {
  private let delimiters: EDIFACTDelimiters
  private let limits: EDIFACTLimits
  private let segments: [EDIFACTSegment]
  /// Segments, by number in the interchange, that hold characters outside the repertoire.
  private let outside: Set<Int>
  private let isRepertoireKnown: Bool
  private var findings: [EDIFACTFinding] = []
  private var messages: [EDIFACTMessage] = []
  private var references: Set<String> = []
  private var index = 1

  init(_ tokens: EDIFACTTokens, _ limits: EDIFACTLimits) throws(Refusal) {
    delimiters = tokens.delimiters
    self.limits = limits
    let named = tokens.segments.first?.elements.first?.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let repertoire = EDIFACTText(rawValue: named)
    isRepertoireKnown = repertoire != nil
    let text = repertoire ?? .unoC
    var segments: [EDIFACTSegment] = []
    var outside: Set<Int> = []
    for (number, raw) in tokens.segments.enumerated() {
      let elements = raw.elements.map { element in
        element.map { component in
          let (decoded, isInside) = text.decode(component)
          if !isInside { outside.insert(number) }
          return decoded
        }
      }
      segments.append(EDIFACTSegment(String(decoding: raw.tag, as: UTF8.self), elements, position: number + 1))
    }
    self.segments = segments
    self.outside = outside
  }

  mutating func interchange() throws(Refusal) -> EDIFACTInterchange {
    let header = try header()
    check(header)
    try walk(header)
    return interchange(header)
  }

  /// One of which nothing but the UNB can be read, for the reason given.
  mutating func broken(_ finding: EDIFACTFinding) throws(Refusal) -> EDIFACTInterchange {
    let header = try header()
    check(header)
    findings.append(finding)
    return interchange(header)
  }

  private func header() throws(Refusal) -> EDIFACTSegment {
    guard let header = segments.first else {
      throw Refusal(.ediNotEDIFACT, "An EDIFACT interchange begins with UNA or UNB.", at: "UNB[1]")
    }
    return header
  }

  private func interchange(_ header: EDIFACTSegment) -> EDIFACTInterchange {
    EDIFACTInterchange(
      delimiters: delimiters, syntax: header[1, 1], syntaxVersion: header[1, 2],
      sender: EDIFACTAddress(header[2, 1], header[2, 2]), recipient: EDIFACTAddress(header[3, 1], header[3, 2]),
      reference: header[5, 1], application: header.value(7), isTest: header[11, 1] == "1",
      wantsAcknowledgement: header[9, 1] == "1", messages: messages, findings: findings)
  }

  private mutating func check(_ header: EDIFACTSegment) {
    if !isRepertoireKnown {
      findings.append(
        EDIFACTFinding(.syntaxNotSupported, at: header, element: 1, "The characters of \(header[1, 1]) are not read."))
    }
    if !["1", "2", "3", "4"].contains(header[1, 2]) {
      findings.append(
        EDIFACTFinding(.syntaxNotSupported, at: header, element: 1, "The syntax version must be 1 to 4."))
    }
    for (element, name) in [(2, "sender"), (3, "recipient"), (4, "date of preparation"), (5, "control reference")]
    where header.value(element) == nil {
      findings.append(EDIFACTFinding(.missing, at: header, element: element, "The \(name) is missing."))
    }
    if header[5, 1].unicodeScalars.count > 14 {
      findings.append(
        EDIFACTFinding(.invalidValue, at: header, element: 5, "A control reference has at most 14 characters."))
    }
  }

  private mutating func walk(_ header: EDIFACTSegment) throws(Refusal) {
    var groups = 0
    var isGrouped = false
    var group: (segment: EDIFACTSegment, messagesBefore: Int)?
    while index < segments.count {
      let segment = segments[index]
      switch segment.tag {
      case "UNH":
        if isGrouped, group == nil {
          findings.append(
            EDIFACTFinding(.groupsAndMessages, at: segment, "Messages stand inside groups or there are no groups."))
        }
        try message()
      case "UNG":
        if group != nil { findings.append(EDIFACTFinding(.missing, at: segment, "The group before has no UNE.")) }
        if !isGrouped, !messages.isEmpty {
          findings.append(
            EDIFACTFinding(.groupsAndMessages, at: segment, "Messages stand inside groups or there are no groups."))
        }
        isGrouped = true
        groups += 1
        group = (segment, messages.count)
        index += 1
      case "UNE":
        if let open = group {
          compare(segment, count: messages.count - open.messagesBefore, reference: open.segment[5, 1], "group")
        } else {
          findings.append(EDIFACTFinding(.notSupportedHere, at: segment, "There is no group that it would end."))
        }
        group = nil
        index += 1
      case "UNZ":
        if let open = group { findings.append(EDIFACTFinding(.missing, at: open.segment, "The group has no UNE.")) }
        compare(segment, count: isGrouped ? groups : messages.count, reference: header[5, 1], "interchange")
        index += 1
        if index < segments.count {
          findings.append(
            EDIFACTFinding(.notSupportedHere, at: segments[index], "Nothing may follow the end of an interchange."))
        }
        return
      default:
        findings.append(EDIFACTFinding(.notSupportedHere, at: segment, "The segment stands outside a message."))
        index += 1
      }
    }
    let last = segments[segments.count - 1]
    findings.append(EDIFACTFinding(.missing, at: last, "After this segment, the end of the interchange is missing."))
  }

  /// Count and reference of an end against what it ends.
  private mutating func compare(_ end: EDIFACTSegment, count: Int, reference: String, _ what: String) {
    if Int(end[1, 1]) != count {
      findings.append(
        EDIFACTFinding(.countDiffers, at: end, element: 1, "It counts \(end[1, 1]) and the \(what) has \(count)."))
    }
    if end[2, 1] != reference {
      findings.append(
        EDIFACTFinding(.referencesDiffer, at: end, element: 2, "The \(what) began with another reference."))
    }
  }

  /// From the UNH at `index` to its UNT.
  private mutating func message() throws(Refusal) {
    guard messages.count < limits.messagesMax else {
      throw Refusal(.ediTooLarge, "The interchange has too many messages.", at: segments[index].place)
    }
    let begin = index
    var own: [EDIFACTSegment] = []
    var found: [EDIFACTFinding] = []
    while index < segments.count {
      let segment = segments[index]
      if ["UNB", "UNG", "UNE", "UNZ"].contains(segment.tag) || (segment.tag == "UNH" && index > begin) { break }
      own.append(segment.at(own.count + 1))
      if outside.contains(index) {
        found.append(
          EDIFACTFinding(
            .invalidCharacter, at: segment.at(own.count), isFatal: segment.hasControl,
            "It has characters that its repertoire has not."))
      }
      index += 1
      if segment.tag == "UNT" { break }
    }
    let header = own[0]
    if let end = own.last, end.tag == "UNT" {
      if Int(end[1, 1]) != own.count {
        found.append(
          EDIFACTFinding(
            .countDiffers, at: end, element: 1, "It counts \(end[1, 1]) segments and the message has \(own.count)."))
      }
      if end[2, 1] != header[1, 1] {
        found.append(
          EDIFACTFinding(.referencesDiffer, at: end, element: 2, "The message began with another reference."))
      }
    } else {
      found.append(
        EDIFACTFinding(.missing, at: own[own.count - 1], "After this segment, the message's UNT is missing."))
    }
    for (component, name) in [(1, "type"), (2, "version"), (3, "release"), (4, "agency")]
    where header.value(2, component) == nil {
      found.append(EDIFACTFinding(.missing, at: header, element: 2, "The message's \(name) is missing."))
    }
    if header.value(1) == nil {
      found.append(EDIFACTFinding(.missing, at: header, element: 1, "The message's reference is missing."))
    } else if header[1, 1].unicodeScalars.count > 14 {
      found.append(
        EDIFACTFinding(.tooLong, at: header, element: 1, "A message reference has at most 14 characters."))
    } else if !references.insert(header[1, 1]).inserted {
      found.append(
        EDIFACTFinding(.duplicate, at: header, element: 1, "A message before has the same reference."))
    }
    messages.append(
      EDIFACTMessage(
        reference: header[1, 1], type: header[2, 1], version: header[2, 2], release: header[2, 3],
        agency: header[2, 4], association: header.value(2, 5), segments: own, findings: found))
  }
}
