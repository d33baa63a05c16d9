import NIOCore

/// What a mail server answers: one status, and a text for each line.
struct SMTPReply: Hashable, Sendable {
  let status: Int
  let lines: [String]
}

/// Why a server's bytes are no answer.
enum SMTPFault: Error, Hashable, Sendable {
  case lineTooLong, tooManyLines, malformed
}

/// Reads replies (RFC 5321, section 4.2) out of what arrives, piece by piece. What it keeps is bounded. Pure.
struct SMTPReplyReader {
  /// With its end (RFC 5321, section 4.5.3.1.5).
  static let lineBytesMax = 512
  static let linesMax = 64

  private var line: [UInt8] = []
  private var status: Int?
  private var lines: [String] = []

  /// The next reply when it is there as a whole; what follows it stays in `bytes`.
  mutating func next(_ bytes: inout ByteBuffer) throws(SMTPFault) -> SMTPReply? {
    while let byte = bytes.readInteger(as: UInt8.self) {
      line.append(byte)
      guard line.count <= Self.lineBytesMax else { throw .lineTooLong }
      guard byte == UInt8(ascii: "\n") else { continue }
      let isLast = try take()
      line.removeAll(keepingCapacity: true)
      guard isLast, let status else { continue }
      defer { (self.status, lines) = (nil, []) }
      return SMTPReply(status: status, lines: lines)
    }
    return nil
  }

  /// Takes the line that has just ended; whether it is the last of its reply.
  private mutating func take() throws(SMTPFault) -> Bool {
    let text = line.dropLast(line.suffix(2).first == UInt8(ascii: "\r") ? 2 : 1)
    let digits = text.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let status = Int(String(decoding: digits, as: UTF8.self)), (200...599).contains(status),
      self.status ?? status == status
    else { throw .malformed }
    let mark = text.dropFirst(3).first
    guard mark == nil || mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-") else { throw .malformed }
    self.status = status
    lines.append(String(decoding: text.dropFirst(4), as: UTF8.self))
    guard lines.count <= Self.linesMax else { throw .tooManyLines }
    return mark != UInt8(ascii: "-")
  }
}
