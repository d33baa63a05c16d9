/// An address that mail comes from or goes to: a dot-atom and a domain, in ASCII (RFC 5321, section 4.1.2). Quoted
/// names, address literals and SMTPUTF8 are refused: nothing in an address can be a command or a header.
public struct MailAddress: Hashable, Sendable {
  /// A path of 256 bytes holds them in angle brackets (RFC 5321, section 4.5.3.1.3).
  static let bytesMax = 254
  static let localBytesMax = 64

  public let text: String
  public let domain: String

  /// `nil` when `text` is none.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.bytesMax, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    let domain = Array(bytes[(at + 1)...])
    guard Self.isLocal(bytes[..<at]), HostName.isDomain(domain) else { return nil }
    self.text = text
    self.domain = String(decoding: domain, as: UTF8.self)
  }

  private static func isLocal(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.count <= localBytesMax
      && bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtom) }
  }

  /// `atext` of RFC 5322, section 3.2.3.
  private static func isAtom(_ byte: UInt8) -> Bool {
    HostName.isAlphanumeric(byte) || atomMarks.contains(byte)
  }

  private static let atomMarks = Set("!#$%&'*+-/=?^_`{|}~".utf8)
}

/// Names of hosts, judged by their letters alone. Pure.
enum HostName {
  static let bytesMax = 253
  static let labelBytesMax = 63

  /// Letters, digits and hyphens between dots (RFC 1123, section 2.1); an IPv4 address is one of these too.
  static func isHost(_ bytes: [UInt8]) -> Bool {
    bytes.count <= bytesMax
      && bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabel)
  }

  /// A host that is no address: its last label has a letter.
  static func isDomain(_ bytes: [UInt8]) -> Bool {
    guard isHost(bytes), let last = bytes.split(separator: UInt8(ascii: ".")).last else { return false }
    return last.contains { !isDigit($0) }
  }

  /// What may stand between the brackets of an IPv6 address. Whether it is one is seen where it is connected to.
  static func isBracketed(_ bytes: [UInt8]) -> Bool {
    (2...45).contains(bytes.count)
      && bytes.allSatisfy { byte in
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
          || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
      }
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
    (1...labelBytesMax).contains(label.count)
      && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
  }
}
