import BulkheadCore

/// Several interchanges one after the other, as mailboxes and files hold them.
public enum EDIFACTMailbox {
  /// Cuts `bytes` behind each UNZ, so that each part can be read by itself: one that is broken costs no other. What
  /// follows the last UNZ is a part, too, unless it is blank.
  public static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var rest = bytes[...]
    while true {
      rest = rest.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }
      guard !rest.isEmpty else { return parts }
      let end = end(of: rest)
      parts.append(Array(rest[..<end]))
      rest = rest[end...]
    }
  }

  /// Behind the terminator of the first UNZ, or the end of all.
  private static func end(of bytes: ArraySlice<UInt8>) -> Int {
    var delimiters = EDIFACTDelimiters.standard
    var index = bytes.startIndex
    if bytes.starts(with: Array("UNA".utf8)), bytes.count >= 9 {
      delimiters = EDIFACTDelimiters(bytes.dropFirst(3).prefix(6)) ?? .standard
      index += 9
    }
    var tag: [UInt8] = []
    var isReleased = false
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if isReleased {
        isReleased = false
      } else if byte == delimiters.release, delimiters.release != 0x20 {
        isReleased = true
      } else if byte == delimiters.terminator {
        if tag == Array("UNZ".utf8) { return index }
        tag = []
      } else if tag.count < 3, byte > 0x20 {
        tag.append(byte)
      }
    }
    return bytes.endIndex
  }
}
