import BulkheadCore

/// Percent-decoding (RFC 3986 section 2.1) that refuses rather than repairs.
enum PercentDecoding {
  /// The decoded text; `nil` when an escape is broken, the bytes are not UTF-8, or a U+0000 is among them, which
  /// PostgreSQL's `text` cannot hold.
  static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    let percent = UInt8(ascii: "%")
    let plus = UInt8(ascii: "+")
    if !text.utf8.contains(where: { $0 == percent || (plusIsSpace && $0 == plus) }) { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
      if byte == percent {
        guard let high = iterator.next(), let low = iterator.next(),
          let value = Hex.decode(String(decoding: [high, low], as: UTF8.self))?.first, value != 0
        else { return nil }
        bytes.append(value)
      } else {
        bytes.append(plusIsSpace && byte == plus ? 0x20 : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
