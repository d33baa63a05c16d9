/// A route's path, taken apart once.
struct PathTemplate: Sendable {
  enum Segment: Hashable, Sendable {
    case literal(String)
    case parameter(String)
  }

  let segments: [Segment]

  /// `nil` unless `path` starts with `/`, has no empty segment, and its braces enclose whole segments with plain names.
  init?(_ path: String) {
    guard path.utf8.first == UInt8(ascii: "/"), path != "/" else { return nil }
    var segments: [Segment] = []
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard !part.isEmpty, part.utf8.allSatisfy(Self.isPlain) else { return nil }
      if part.hasPrefix("{"), part.hasSuffix("}"), part.count > 2 {
        segments.append(.parameter(String(part.dropFirst().dropLast())))
      } else if part.contains("{") || part.contains("}") {
        return nil
      } else {
        segments.append(.literal(String(part)))
      }
    }
    self.segments = segments
  }

  var parameters: [String] {
    segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }

  /// The path with every parameter made anonymous: two routes with the same shape answer the same requests.
  var shape: String {
    segments.map { if case .literal(let text) = $0 { "/" + text } else { "/{}" } }.joined()
  }

  /// Letters, digits, `-`, `_`, `.` and braces: literals need no percent-decoding to be compared.
  private static func isPlain(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || "-_.{}".utf8.contains(byte)
  }
}
