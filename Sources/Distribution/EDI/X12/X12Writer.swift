import BulkheadCore

/// Everything an outbound interchange needs besides its content. Control numbers are the caller's.
public struct X12Envelope: Sendable {
  public let senderQualifier: String
  public let sender: String
  public let receiverQualifier: String
  public let receiver: String
  /// `T`, `P` or `I`.
  public let usage: String
  /// ISA13, 1 to 999,999,999.
  public let controlNumber: Int
  public let writtenAt: Instant

  public init(
    senderQualifier: String, sender: String, receiverQualifier: String, receiver: String, usage: String,
    controlNumber: Int, writtenAt: Instant
  ) {
    self.senderQualifier = senderQualifier
    self.sender = sender
    self.receiverQualifier = receiverQualifier
    self.receiver = receiver
    self.usage = usage
    self.controlNumber = controlNumber
    self.writtenAt = writtenAt
  }
}

/// A functional group to be written.
public struct X12OutboundGroup: Sendable {
  public let functionalID: String
  /// GS06.
  public let controlNumber: Int
  /// Sets with their ST01, ST02 and what stands between ST and SE.
  public let sets: [(code: String, controlNumber: Int, body: [X12Segment])]

  public init(
    functionalID: String, controlNumber: Int, sets: [(code: String, controlNumber: Int, body: [X12Segment])]
  ) {
    self.functionalID = functionalID
    self.controlNumber = controlNumber
    self.sets = sets
  }
}

/// Writes interchanges of version 00401/004010 with standard delimiters and a line break behind every segment.
///
/// X12 has no way to escape a delimiter, so delimiters and control characters inside values become spaces, and
/// characters outside ASCII become `?`: the receiver's character set is not known. Counts are taken from the content.
public struct X12Writer: Sendable {
  private let delimiters: X12Delimiters

  public init(delimiters: X12Delimiters = .standard) { self.delimiters = delimiters }

  /// `preamble` stands before the first group: a TA1.
  public func write(_ envelope: X12Envelope, preamble: [X12Segment] = [], groups: [X12OutboundGroup] = []) -> [UInt8] {
    var out: [UInt8] = []
    let date = envelope.writtenAt.date
    let time = envelope.writtenAt.time
    let day = [(date.year, 4), (date.month, 2), (date.day, 2)].map { X12Number.padded($0, to: $1) }.joined()
    let clock = X12Number.padded(time.hour, to: 2) + X12Number.padded(time.minute, to: 2)
    writeHeader(envelope, date: String(day.suffix(6)), time: clock, into: &out)
    for segment in preamble { write(segment, into: &out) }
    for group in groups {
      let control = String(group.controlNumber)
      write(
        X12Segment("GS", group.functionalID, envelope.sender, envelope.receiver, day, clock, control, "X", "004010"),
        into: &out)
      for set in group.sets {
        let number = X12Number.padded(set.controlNumber, to: 4)
        write(X12Segment("ST", set.code, number), into: &out)
        for segment in set.body { write(segment, into: &out) }
        write(X12Segment("SE", String(set.body.count + 2), number), into: &out)
      }
      write(X12Segment("GE", String(group.sets.count), control), into: &out)
    }
    write(X12Segment("IEA", String(groups.count), X12Number.padded(envelope.controlNumber, to: 9)), into: &out)
    return out
  }

  private func writeHeader(_ envelope: X12Envelope, date: String, time: String, into out: inout [UInt8]) {
    let fields = [
      "00", "", "00", "", envelope.senderQualifier, envelope.sender, envelope.receiverQualifier, envelope.receiver,
      date, time, "U", "00401", X12Number.padded(envelope.controlNumber, to: 9), "0", envelope.usage,
    ]
    out.append(contentsOf: "ISA".utf8)
    for (field, width) in zip(fields, X12HeaderReader.widths) {
      out.append(delimiters.element)
      let value = clean(field).prefix(width)
      out.append(contentsOf: value)
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: width - value.count))
    }
    out.append(contentsOf: [delimiters.element, delimiters.component, delimiters.segment, 0x0A])
  }

  /// Trailing empty elements are left out, as the standard asks.
  private func write(_ segment: X12Segment, into out: inout [UInt8]) {
    out.append(contentsOf: segment.tag.utf8)
    let values = segment.elements.map(clean)
    let used = (values.lastIndex { !$0.isEmpty } ?? -1) + 1
    for value in values.prefix(used) {
      out.append(delimiters.element)
      out.append(contentsOf: value)
    }
    out.append(contentsOf: [delimiters.segment, 0x0A])
  }

  private func clean(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { scalar in
      guard scalar.isASCII else { return UInt8(ascii: "?") }
      let byte = UInt8(truncatingIfNeeded: scalar.value)
      let isForbidden =
        byte < 0x20 || byte == 0x7F || byte == delimiters.element || byte == delimiters.component
        || byte == delimiters.segment
      return isForbidden ? UInt8(ascii: " ") : byte
    }
  }
}
