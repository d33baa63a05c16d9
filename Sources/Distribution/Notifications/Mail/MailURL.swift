import BulkheadCore

/// Where mail is handed in, whom it is from and to:
/// `smtps://user@mail.example.com/?from=shop@example.com&to=buyer@example.com,desk@example.com`.
///
/// The password is no part of it. Pure; refuses with a `mailURL` code at `/url`, in the order of the initialiser.
public struct MailURL: Hashable, Sendable {
  /// How the connection is kept private.
  public enum Security: String, Sendable {
    /// TLS from the first byte (RFC 8314).
    case implicitTLS = "smtps"
    /// STARTTLS (RFC 3207), without which nothing is said but to this very machine.
    case startTLS = "smtp"

    var defaultPort: Int { self == .implicitTLS ? 465 : 587 }
  }

  static let recipientsMax = 10
  static let userBytesMax = 128

  public let security: Security
  /// Who logs in; `nil` when nobody does.
  public let user: String?
  /// A name or an address, in lower case and without brackets.
  public let host: String
  public let port: Int
  public let from: MailAddress
  /// In the order in which they were written; never empty, none twice.
  public let to: [MailAddress]

  public static func isMail(_ url: String) -> Bool { url.hasPrefix("smtp://") || url.hasPrefix("smtps://") }

  /// The account: what a password is given for, and for nothing else.
  var account: String { "\(security.rawValue)://\(user.map { "\($0)@" } ?? "")\(host):\(port)" }

  public init(_ text: String) throws(Refusal) {
    let parts = try Parts(text)
    security = parts.security
    user = try Self.user(parts.user)
    host = try Self.host(parts.host)
    port = try Self.port(parts.port, parts.security)
    let (from, to) = try Self.parameters(parts.query)
    guard let from else { throw refused(.mailSenderMissing, "Say whom mail is from: ?from=shop@example.com.") }
    guard let sender = MailAddress(from) else { throw refused(.mailSenderInvalid, "from is no e-mail address.") }
    self.from = sender
    self.to = try Self.recipients(to)
  }

  private static func user(_ text: Substring?) throws(Refusal) -> String? {
    guard let text else { return nil }
    guard !text.contains(":") else {
      throw refused(.mailPasswordInURL, "The password does not belong in the address: send it as secret.")
    }
    let user = decoded(text)
    guard !text.contains("@"), (1...userBytesMax).contains(user.utf8.count), isVisible(user.utf8) else {
      throw refused(
        .mailUserInvalid, "The user has 1 to \(userBytesMax) visible ASCII characters; @ is written %40 in it.")
    }
    return user
  }

  private static func host(_ text: Substring) throws(Refusal) -> String {
    let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
    let host = isBracketed ? text.dropFirst().dropLast() : text
    guard isBracketed ? HostName.isBracketed(Array(host.utf8)) : HostName.isHost(Array(host.utf8)) else {
      throw refused(.mailHostInvalid, "The host is neither a name nor an address.")
    }
    return host.lowercased()
  }

  private static func port(_ text: Substring?, _ security: Security) throws(Refusal) -> Int {
    guard let text else { return security.defaultPort }
    guard text.utf8.count <= 5, text.utf8.allSatisfy(HostName.isDigit), let port = Int(text),
      (1...65_535).contains(port)
    else { throw refused(.mailPortInvalid, "The port is a number from 1 to 65535.") }
    return port
  }

  /// The values of `from` and `to`, decoded.
  private static func parameters(_ query: Substring) throws(Refusal) -> (from: String?, to: String?) {
    let pairs = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
    let names = pairs.map { $0.first ?? "" }
    guard names.allSatisfy({ $0 == "from" || $0 == "to" }) else {
      throw refused(.mailParameterUnknown, "The address has the parameters from and to, and no others.")
    }
    guard Set(names).count == names.count else {
      throw refused(.mailParameterRepeated, "A parameter of the address stands there twice.")
    }
    func value(_ name: Substring) -> String? {
      guard let pair = pairs.first(where: { $0.first == name }) else { return nil }
      return pair.count == 2 ? decoded(pair[1]) : ""
    }
    return (value("from"), value("to"))
  }

  private static func recipients(_ text: String?) throws(Refusal) -> [MailAddress] {
    guard let text, !text.isEmpty else {
      throw refused(.mailRecipientMissing, "Say whom mail goes to: &to=buyer@example.com.")
    }
    let written = text.split(separator: ",", omittingEmptySubsequences: false)
    guard written.count <= recipientsMax else {
      throw refused(.mailTooManyRecipients, "Mail goes to at most \(recipientsMax) addresses.")
    }
    let read = written.map { MailAddress(String($0)) }
    let addresses = read.compactMap { $0 }
    guard addresses.count == read.count else {
      throw refused(.mailRecipientInvalid, "to holds something that is no e-mail address.")
    }
    guard Set(addresses).count == addresses.count else {
      throw refused(.mailRecipientRepeated, "An address stands in to twice.")
    }
    return addresses
  }

  private static func isVisible(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// `text` without percent escapes, which the reading of the parts has found to be sound.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The pieces of the text, not yet looked at.
  private struct Parts {
    let security: Security
    let user: Substring?
    let host: Substring
    let port: Substring?
    let query: Substring

    init(_ text: String) throws(Refusal) {
      guard MailURL.isVisible(text.utf8), let mark = text.firstRange(of: "://"),
        let security = Security(rawValue: String(text[..<mark.lowerBound])), Self.areEscapesSound(text.utf8),
        !text.contains("#")
      else { throw Self.malformed }
      self.security = security
      let rest = text[mark.upperBound...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      query = rest.count == 2 ? rest[1] : ""
      let hierarchy = rest[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard hierarchy.count == 1 || hierarchy[1].isEmpty else { throw Self.malformed }
      let authority = hierarchy[0]
      let at = authority.lastIndex(of: "@")
      user = at.map { authority[..<$0] }
      let place = at.map { authority[authority.index(after: $0)...] } ?? authority
      // The colons of an IPv6 address stand within its brackets.
      let end = place.lastIndex(of: "]") ?? place.startIndex
      let colon = place[end...].firstIndex(of: ":")
      host = place[..<(colon ?? place.endIndex)]
      port = colon.map { place[place.index(after: $0)...] }
    }

    private static let malformed = refused(
      .mailURLMalformed, "The address is not of the form smtps://user@host:465/?from=a@example.com&to=b@example.com.")

    private static func areEscapesSound(_ bytes: String.UTF8View) -> Bool {
      bytes.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).dropFirst().allSatisfy { part in
        let digits = part.prefix(2)
        return digits.count == 2 && UInt8(String(decoding: digits, as: UTF8.self), radix: 16) != nil
          && digits.allSatisfy(HostName.isAlphanumeric)
      }
    }
  }
}

private func refused(_ code: RefusalCode, _ detail: String) -> Refusal { Refusal(code, detail, at: "/url") }
