import Distribution
import Foundation

/// One message handed to one server, as a value: it hears replies and says what is to be done (RFC 5321, with STARTTLS
/// of RFC 3207 and AUTH of RFC 4954). Each command waits for the answer to the one before it.
///
/// A message goes to all of its recipients or to none: a notification has one state, and those who have it already
/// would get it again with the next try.
struct SMTPDialogue {
  enum Act: Equatable {
    case say([UInt8])
    /// Begin TLS, then go on with `secured()`.
    case startTLS
    case end(Ending)
  }

  enum Ending: Hashable {
    case taken
    case failed(MailFailure)
  }

  private enum State: Equatable {
    case greeting, hello, startTLS
    /// AUTH PLAIN, or the password of AUTH LOGIN: the next answer decides.
    case login
    case loginUser, loginPassword
    case sender
    case recipient(Int)
    case data, message
  }

  private let address: MailURL
  private let password: [UInt8]
  private let letter: [UInt8]
  /// The server is this very machine: what is said to it crosses no wire.
  private let isLoopback: Bool
  private var isSecure: Bool
  private var state = State.greeting

  init(_ message: MailMessage, letter: [UInt8], isLoopback: Bool) {
    address = message.address
    password = message.password
    self.letter = letter
    self.isLoopback = isLoopback
    isSecure = address.security == .implicitTLS
  }

  /// What the server is answering now, for the person who reads why it failed.
  var step: MailStep {
    switch state {
    case .greeting: .connection
    case .hello: .hello
    case .startTLS: .startTLS
    case .login, .loginUser, .loginPassword: .login
    case .sender: .sender
    case .recipient: .recipient
    case .data: .data
    case .message: .message
    }
  }

  mutating func hear(_ reply: SMTPReply) -> Act {
    switch reply.status {
    case 400..<500: return .end(.failed(.unavailable(step, status: reply.status)))
    case 500...: return .end(.failed(.refused(step, status: reply.status)))
    default: break
    }
    switch (state, reply.status) {
    case (.greeting, 220): return hello()
    case (.hello, 250): return introduced(Offer(reply))
    case (.startTLS, 220): return .startTLS
    case (.loginUser, 334): return say(Self.base64(Array((address.user ?? "").utf8)), then: .loginPassword)
    case (.loginPassword, 334): return say(Self.base64(password), then: .login)
    case (.login, 235): return say("MAIL FROM:<\(address.from.text)>", then: .sender)
    case (.sender, 250): return recipient(0)
    case (.recipient(let place), 250...252): return recipient(place + 1)
    case (.data, 354):
      state = .message
      return .say(Self.stuffed(letter))
    case (.message, 250): return .end(.taken)
    default: return .end(.failed(.broken))
    }
  }

  /// TLS has begun: what was offered before it counts for nothing.
  mutating func secured() -> Act {
    isSecure = true
    return hello()
  }

  /// The sender's domain: the name of this machine is nobody's business.
  private mutating func hello() -> Act { say("EHLO \(address.from.domain)", then: .hello) }

  private mutating func introduced(_ offer: Offer) -> Act {
    if !isSecure {
      if offer.hasTLS { return say("STARTTLS", then: .startTLS) }
      guard isLoopback else { return .end(.failed(.unprotected)) }
    }
    guard let user = address.user else { return say("MAIL FROM:<\(address.from.text)>", then: .sender) }
    if offer.logins.contains("PLAIN") {
      return say("AUTH PLAIN " + Self.base64([0] + Array(user.utf8) + [0] + password), then: .login)
    }
    guard offer.logins.contains("LOGIN") else { return .end(.failed(.noLogin)) }
    return say("AUTH LOGIN", then: .loginUser)
  }

  private mutating func recipient(_ place: Int) -> Act {
    guard place < address.to.count else { return say("DATA", then: .data) }
    return say("RCPT TO:<\(address.to[place].text)>", then: .recipient(place))
  }

  private mutating func say(_ line: String, then state: State) -> Act {
    self.state = state
    return .say(Array((line + "\r\n").utf8))
  }

  /// What a server says it can do.
  private struct Offer {
    var hasTLS = false
    var logins: Set<String> = []

    /// The first line of the reply greets; each of the others is an extension.
    init(_ reply: SMTPReply) {
      for line in reply.lines.dropFirst() {
        let words = line.uppercased().split(separator: " ").map(String.init)
        if words.first == "STARTTLS" { hasTLS = true }
        if words.first == "AUTH" { logins.formUnion(words.dropFirst()) }
      }
    }
  }

  private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// The letter with a dot more before each line that begins with one, and the line that ends it (RFC 5321, section
  /// 4.5.2). `letter` ends its lines with CR LF.
  static func stuffed(_ letter: [UInt8]) -> [UInt8] {
    let dot = UInt8(ascii: ".")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letter.count + 16)
    var isAtStart = true
    for byte in letter {
      if isAtStart, byte == dot { bytes.append(dot) }
      bytes.append(byte)
      isAtStart = byte == UInt8(ascii: "\n")
    }
    return bytes + [dot, 0x0D, 0x0A]
  }
}
