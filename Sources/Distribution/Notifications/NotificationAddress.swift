import BulkheadCore
import BulkheadServer

/// Where notifications go, and what the endpoint's secret is there.
enum NotificationAddress: Sendable {
  /// The secret signs.
  case webhook(String)
  /// The secret is the password of the account that mail is handed in with, if there is one.
  case mail(MailURL)

  /// Refuses with a `mailURL` code.
  init(_ url: String) throws(Refusal) {
    self = MailURL.isMail(url) ? .mail(try MailURL(url)) : .webhook(url)
  }

  static let schema = Schema.string(
    minLength: 8, maxLength: 500,
    pattern: Schema.Pattern(
      #"^(https?://[^\s@]+|smtps?://\S+)$"#, "an http, https, smtp or smtps address without a secret in it",
      matches: { text in
        let isVisible = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
        let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
        return isVisible && (MailURL.isMail(text) || isWeb && !text.contains("@"))
      }))

  static let secretSchema = Schema.string(minLength: 1, maxLength: MailPassword.bytesMax)

  /// What the secret of `endpoint` is sealed for. A password is sealed for its account: put beside the address of
  /// another server, by whatever way, it does not open, and so is never said to anybody else.
  func purpose(_ endpoint: EntityID) -> String {
    switch self {
    case .webhook: "notification.endpoint:\(endpoint)"
    case .mail(let url): "notification.endpoint:\(endpoint) \(url.account)"
    }
  }

  /// The bytes of a secret for this address. Refuses with `notification.secretMissing`, `secretUnexpected` or
  /// `secretMalformed`.
  func key(_ secret: String?) throws(Refusal) -> [UInt8] {
    switch self {
    case .webhook:
      guard let secret else { throw Self.refused(.notificationSecretMissing, "Send the secret that is to sign.") }
      guard let key = WebhookSecret.key(secret) else {
        throw Self.refused(.notificationSecretMalformed, "A webhook's secret is whsec_ and 24 to 64 bytes in base64.")
      }
      return key
    case .mail(let url):
      guard url.user != nil else {
        guard secret == nil else {
          throw Self.refused(
            .notificationSecretUnexpected, "Nobody logs in there: name the user in the address, or send no secret.")
        }
        return []
      }
      guard let secret else {
        throw Self.refused(.notificationSecretMissing, "Send the user's password for this server as secret.")
      }
      guard let password = MailPassword.bytes(secret) else {
        throw Self.refused(
          .notificationSecretMalformed, "A password has at most \(MailPassword.bytesMax) printable ASCII characters.")
      }
      return password
    }
  }

  private static func refused(_ code: RefusalCode, _ detail: String) -> Refusal { Refusal(code, detail, at: "/secret") }
}

/// The password of a mail account.
enum MailPassword {
  static let bytesMax = 128

  /// `nil` for what AUTH cannot carry, or different servers would prepare differently (RFC 4013).
  static func bytes(_ text: String) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard (1...bytesMax).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    return bytes
  }
}
