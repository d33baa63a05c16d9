import BulkheadCore

/// Reads one interchange.
///
/// Bytes without a readable ISA are refused, for there is nobody to answer. Everything after the ISA is read as far as
/// it can be, and what is wrong with it becomes a finding that a TA1 or a 997 reports; no input traps.
public enum X12Reader {
  /// Refuses with `edi.notX12`, `edi.truncated` or `edi.tooLarge`.
  public static func read(_ bytes: [UInt8], limits: X12Limits = .standard) throws(Refusal) -> X12Interchange {
    guard bytes.count <= limits.bytesMax else {
      throw Refusal(.ediTooLarge, "An interchange has at most \(limits.bytesMax) bytes.")
    }
    let content = bytes.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x09 }
    let head = try X12HeaderReader(content)
    var scanner = X12Scanner(
      content.dropFirst(X12HeaderReader.length), delimiters: head.header.delimiters, limits: limits)
    var structure = X12Structure(limits: limits)
    while let segment = try scanner.next() { try structure.take(segment) }
    return structure.finish(
      head.header, headerFindings: head.findings, hasUnterminatedTail: scanner.hasUnterminatedTail)
  }
}

/// Cuts the bytes behind the ISA into segments.
struct X12Scanner {
  private let bytes: ArraySlice<UInt8>
  private let delimiters: X12Delimiters
  private let limits: X12Limits
  /// Whether the bytes spell UTF-8. The standard leaves the encoding to the partners; what is not UTF-8 is ISO 8859-1.
  private let isUTF8: Bool
  private var offset: Int
  /// Position of the last segment in the interchange, ISA being 1.
  private var position = 1
  /// Whether bytes remain that no segment terminator follows.
  private(set) var hasUnterminatedTail = false

  init(_ bytes: ArraySlice<UInt8>, delimiters: X12Delimiters, limits: X12Limits) {
    self.bytes = bytes
    self.delimiters = delimiters
    self.limits = limits
    isUTF8 = String(validating: bytes, as: UTF8.self) != nil
    offset = bytes.startIndex
  }

  /// The next segment; `nil` at the end. Line breaks after a terminator belong to nobody.
  mutating func next() throws(Refusal) -> X12Segment? {
    while offset < bytes.endIndex, bytes[offset] == 0x0A || bytes[offset] == 0x0D { offset += 1 }
    guard offset < bytes.endIndex else { return nil }
    guard let end = bytes[offset...].firstIndex(of: delimiters.segment) else {
      hasUnterminatedTail = true
      offset = bytes.endIndex
      return nil
    }
    position += 1
    guard position <= limits.segmentsMax else {
      throw Refusal(.ediTooLarge, "An interchange has at most \(limits.segmentsMax) segments.")
    }
    let segment = try cut(bytes[offset..<end])
    offset = end + 1
    return segment
  }

  private func cut(_ raw: ArraySlice<UInt8>) throws(Refusal) -> X12Segment {
    let pieces = raw.split(
      separator: delimiters.element, maxSplits: limits.elementsPerSegmentMax + 1, omittingEmptySubsequences: false)
    guard pieces.count <= limits.elementsPerSegmentMax + 1 else {
      throw Refusal(
        .ediTooLarge, "A segment has at most \(limits.elementsPerSegmentMax) elements.", at: "segment[\(position)]")
    }
    guard pieces.allSatisfy({ $0.count <= limits.elementBytesMax }) else {
      throw Refusal(
        .ediTooLarge, "An element has at most \(limits.elementBytesMax) bytes.", at: "segment[\(position)]")
    }
    let texts = pieces.map(text)
    return X12Segment(texts.first ?? "", Array(texts.dropFirst()), position: position)
  }

  private func text(_ raw: ArraySlice<UInt8>) -> String {
    if isUTF8 { return String(decoding: raw, as: UTF8.self) }
    return String(String.UnicodeScalarView(raw.map { Unicode.Scalar($0) }))
  }
}
