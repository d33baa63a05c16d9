#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension [UInt8] {
  mutating func appendDecimal(_ value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }

  mutating func appendBigEndian(_ word: UInt64) {
    Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
  }

  /// An array literal (PostgreSQL manual 8.15.2): `{a,NULL,b}`.
  mutating func appendArray<Value>(_ elements: [Value?], _ appendElement: (inout [UInt8], Value) -> Void) {
    append(UInt8(ascii: "{"))
    for (index, element) in elements.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      if let element {
        appendElement(&self, element)
      } else {
        append(contentsOf: "NULL".utf8)
      }
    }
    append(UInt8(ascii: "}"))
  }

  /// A quoted array element. Always quoted: an unquoted `NULL`, a space or an empty text would mean something else.
  mutating func appendQuoted(_ text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { append(UInt8(ascii: "\\")) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }

  func holdsNUL(from start: Int) -> Bool {
    withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, buffer.count > start else { return false }
      return memchr(base + start, 0, buffer.count - start) != nil
    }
  }
}

extension String {
  /// Whether C would read only the beginning of this text.
  var holdsNUL: Bool {
    utf8.withContiguousStorageIfAvailable { buffer in
      buffer.baseAddress.map { memchr($0, 0, buffer.count) != nil } ?? false
    } ?? utf8.contains(0)
  }
}
