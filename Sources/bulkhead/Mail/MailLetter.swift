import BulkheadCore
import BulkheadServer
import Crypto
import Distribution
import Foundation

/// A message as it goes over the wire (RFC 5322, MIME). The same bytes on each try.
///
/// Nothing that is filled in can be a header: what a header holds is an address, which is a dot-atom, or words, which
/// are plain ASCII without control characters or encoded.
enum MailLetter {
  /// Header words of up to this many bytes that need no encoding are written as they are.
  static let plainWordsBytesMax = 60

  static func bytes(of message: MailMessage, tenant: TenantID) -> [UInt8] {
    let sender = message.address.from
    let headers = [
      "From: \(phrase(message.brand))<\(sender.text)>",
      "To: " + message.address.to.map(\.text).joined(separator: ",\r\n "),
      "Subject: \(words(message.subject))",
      "Date: \(date(message.writtenAt))",
      "Message-ID: <\(name(of: message.id, tenant))@\(sender.domain)>",
      // Nobody's holiday answers it (RFC 3834).
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
    ]
    let body = Data(lines(message.text).utf8).base64EncodedString(
      options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
    return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n").utf8)
  }

  /// The message's own name: the same on each try and another for another tenant's message of the same id, so that no
  /// mail server takes one for a copy of the other. Neither id can be read from it.
  static func name(of id: EntityID, _ tenant: TenantID) -> String {
    let hash = SHA256.hash(data: Array("mail \(tenant) \(id)".utf8))
    return hash.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// `Sun, 06 Nov 1994 08:49:37 +0000`.
  static func date(_ instant: Instant) -> String {
    String(DateHeader.format(instant).dropLast("GMT".count)) + "+0000"
  }

  /// Unstructured text of a header (RFC 5322, section 2.2.1), encoded where it must be (RFC 2047).
  static func words(_ text: String) -> String {
    let text = cleaned(text)
    let isPlain = text.utf8.count <= plainWordsBytesMax && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    // What looks like an encoded word would be read as one.
    return isPlain && !text.contains("=?") ? text : encoded(text)
  }

  /// A name before an address, with the space behind it; nothing for no name.
  static func phrase(_ text: String) -> String {
    let text = cleaned(text)
    guard !text.isEmpty else { return "" }
    let isPlain =
      text.utf8.count <= plainWordsBytesMax
      && text.utf8.allSatisfy { byte in
        byte == 0x20 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
      }
    return (isPlain ? text : encoded(text)) + "\r\n "
  }

  /// Encoded words hold whole characters (RFC 2047, section 5), and lines with one of them 76 bytes at most.
  private static func encoded(_ text: String) -> String {
    var parts: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if parts[parts.count - 1].count + bytes.count > encodedBytesMax { parts.append([]) }
      parts[parts.count - 1] += bytes
    }
    return parts.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
  }

  private static let encodedBytesMax = 39

  /// One line without control characters, line ends of other scripts, or spaces around it.
  private static func cleaned(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { isControl($0) ? " " : $0 }
    return String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: .whitespaces)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// The text with the line ends of mail, and no control character but the tab.
  static func lines(_ text: String) -> String {
    var lines: [String.UnicodeScalarView] = [String.UnicodeScalarView()]
    var last: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where last == "\r": break
      case "\r", "\n": lines.append(String.UnicodeScalarView())
      case "\t": lines[lines.count - 1].append(scalar)
      default: lines[lines.count - 1].append(isControl(scalar) ? " " : scalar)
      }
      last = scalar
    }
    return lines.map { String($0) }.joined(separator: "\r\n") + "\r\n"
  }
}
