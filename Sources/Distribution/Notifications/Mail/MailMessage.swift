import BulkheadCore
import BulkheadData

/// A message for people, on its way to a tenant's mail server.
public struct MailMessage: Sendable {
  /// The notification's: the same on each try.
  public let id: EntityID
  public let address: MailURL
  /// Empty when nobody logs in.
  public let password: [UInt8]
  /// What the tenant calls itself; may be empty.
  public let brand: String
  public let subject: String
  public let text: String
  public let writtenAt: Instant

  public init(
    id: EntityID, address: MailURL, password: [UInt8], brand: String, subject: String, text: String, writtenAt: Instant
  ) {
    (self.id, self.address, self.password) = (id, address, password)
    (self.brand, self.subject, self.text, self.writtenAt) = (brand, subject, text, writtenAt)
  }
}

/// Carries mail. Implemented over SMTP where the program is put together, with the egress rule of webhooks.
public protocol MailTransport: Sendable {
  /// Returns when the server has taken the message over, for all of its recipients. Throws `MailFailure` when it has
  /// not, `JobAbandoned` when the server is not to be asked at all, and anything else when it could not be reached.
  func send(_ message: MailMessage, tenant: Tenant) async throws
}

/// What a mail server was answering when it answered something else than yes.
public enum MailStep: String, Sendable, CaseIterable {
  case connection = "the connection"
  case hello = "EHLO"
  case startTLS = "STARTTLS"
  case login = "AUTH"
  case sender = "MAIL FROM"
  case recipient = "RCPT TO"
  case data = "DATA"
  case message = "the message"
}

/// Why a mail server did not take a message. Holds nothing that the server said but its status.
public enum MailFailure: Error, Hashable, Sendable {
  /// 5yz: it would say the same again.
  case refused(MailStep, status: Int)
  /// 4yz.
  case unavailable(MailStep, status: Int)
  /// It offers no TLS, without which nothing is said to it.
  case unprotected
  /// It offers no way to log in that is spoken here.
  case noLogin
  /// It stands outside, and nobody is named who logs in.
  case anonymous
  /// Its certificate is not trusted, or what it speaks is not TLS.
  case untrusted
  /// It broke off, fell silent or did not keep to SMTP.
  case broken

  /// Whether trying again cannot help.
  var isFinal: Bool {
    switch self {
    case .refused, .unprotected, .noLogin, .anonymous: true
    case .unavailable, .untrusted, .broken: false
    }
  }

  /// For the person who has to do something about it.
  var note: String {
    switch self {
    case .refused(let step, let status), .unavailable(let step, let status):
      "The mail server answered \(status) to \(step.rawValue)."
    case .unprotected: "The mail server offers no TLS, and nothing is sent without it."
    case .noLogin: "The mail server offers neither AUTH PLAIN nor AUTH LOGIN."
    case .anonymous: "A mail server outside is only spoken to by a user who logs in: name one in the address."
    case .untrusted: "No TLS with the mail server: its certificate is not trusted, or it speaks something else."
    case .broken: "The mail server broke off, did not answer in time, or did not keep to SMTP."
    }
  }
}
