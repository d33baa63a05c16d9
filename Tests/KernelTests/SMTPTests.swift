import BulkheadCore
import Distribution
import Foundation
import NIOCore
import Testing

@testable import bulkhead

/// What the tests of mail send.
enum Letters {
  static func message(
    _ url: String, password: String = "", brand: String = "Corner", subject: String = "Order SO-1 is confirmed",
    text: String = "Order SO-1 over 112.50 USD."
  ) throws -> MailMessage {
    MailMessage(
      id: EntityID(high: 1, low: 2), address: try MailURL(url), password: Array(password.utf8), brand: brand,
      subject: subject, text: text, writtenAt: Instant(seconds: 784_111_777))
  }

  static let tenant = TenantID(EntityID(high: 3, low: 4))
  static let people = "from=shop@example.com&to=buyer@example.com,desk@example.com"
}

@Suite("SMTP")
struct SMTPTests {
  /// What happens between a client and the answers, one line each: `C` what is said, `S` what is heard.
  private func play(
    _ url: String, _ answers: [String], password: String = "secret", isLoopback: Bool = false
  ) throws -> [String] {
    let message = try Letters.message(url, password: password)
    var dialogue = SMTPDialogue(message, letter: Array("Subject: x\r\n\r\n.y\r\n".utf8), isLoopback: isLoopback)
    var said: [String] = []
    for answer in answers {
      var reader = SMTPReplyReader()
      var bytes = ByteBuffer(string: answer.replacing("|", with: "\r\n") + "\r\n")
      var act = dialogue.hear(try #require(try reader.next(&bytes)))
      if act == .startTLS {
        said.append("TLS")
        act = dialogue.secured()
      }
      switch act {
      case .say(let bytes): said.append(String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "|"))
      case .startTLS: said.append("TLS twice")
      case .end(let ending): said.append("\(ending)")
      }
    }
    return said
  }

  private static let offer = "250-mail.test|250-STARTTLS|250 AUTH LOGIN PLAIN"
  private static let sent = [
    "MAIL FROM:<shop@example.com>|", "RCPT TO:<buyer@example.com>|", "RCPT TO:<desk@example.com>|", "DATA|",
    "Subject: x||..y|.|", "taken",
  ]
  private static let taken = ["250 ok", "250 ok", "251 ok", "354 go", "250 done"]

  @Test("STARTTLS comes before anything else is said, and what was offered before it counts for nothing")
  func startTLS() throws {
    let said = try play(
      "smtp://u@h.test/?\(Letters.people)",
      ["220 hi", Self.offer, "220 go", "250-mail.test|250 AUTH PLAIN", "235 in"] + Self.taken)
    let plain = Data("\0u\0secret".utf8).base64EncodedString()
    #expect(said == ["EHLO example.com|", "STARTTLS|", "TLS", "EHLO example.com|", "AUTH PLAIN \(plain)|"] + Self.sent)
    // The login that was offered in the clear is not offered under TLS.
    let lost = try play("smtp://u@h.test/?\(Letters.people)", ["220 hi", Self.offer, "220 go", "250 mail.test"])
    #expect(lost.last == "\(SMTPDialogue.Ending.failed(.noLogin))")
  }

  @Test("AUTH LOGIN where there is no AUTH PLAIN; no AUTH for nobody; implicit TLS needs no STARTTLS")
  func logins() throws {
    let login = try play(
      "smtps://u@h.test/?\(Letters.people)",
      ["220 hi", "250-h|250 auth login", "334 x", "334 y", "235 in"] + Self.taken)
    #expect(login == ["EHLO example.com|", "AUTH LOGIN|", "dQ==|", "c2VjcmV0|"] + Self.sent)
    let nobody = try play("smtps://h.test/?\(Letters.people)", ["220 hi", Self.offer] + Self.taken)
    #expect(nobody == ["EHLO example.com|"] + Self.sent)
  }

  @Test("without TLS nothing is said but to this very machine")
  func plain() throws {
    let url = "smtp://u@h.test/?\(Letters.people)"
    let bare = ["220 hi", "250-h|250 AUTH PLAIN"]
    #expect(try play(url, bare) == ["EHLO example.com|", "\(SMTPDialogue.Ending.failed(.unprotected))"])
    #expect(try play(url, bare, isLoopback: true).last?.hasPrefix("AUTH PLAIN ") == true)
    #expect(try play(url, ["220 hi", Self.offer], isLoopback: true).last == "STARTTLS|", "where it is offered")
  }

  @Test("4yz is an outage and 5yz a no, at each step; anything else breaks the dialogue off")
  func answers() throws {
    let url = "smtp://u@h.test/?\(Letters.people)"
    let all = ["220 hi", Self.offer, "220 go", Self.offer, "235 in"] + Self.taken
    let steps: [MailStep] = [
      .connection, .hello, .startTLS, .hello, .login, .sender, .recipient, .recipient, .data, .message,
    ]
    for (place, step) in steps.enumerated() {
      let before = Array(all.prefix(place))
      #expect(
        try play(url, before + ["451 later"]).last
          == "\(SMTPDialogue.Ending.failed(.unavailable(step, status: 451)))")
      #expect(
        try play(url, before + ["550-no|550 never"]).last
          == "\(SMTPDialogue.Ending.failed(.refused(step, status: 550)))")
      for odd in ["299 what", "399 what", "200 ok"] {
        #expect(try play(url, before + [odd]).last == "\(SMTPDialogue.Ending.failed(.broken))", "\(step) \(odd)")
      }
    }
  }

  @Test("a reply is read whole, however it arrives; what follows it stays")
  func reader() throws {
    var reader = SMTPReplyReader()
    var all = ByteBuffer(string: "250-a\r\n250-\r\n250 b c\r\n354 go\r\n")
    #expect(try reader.next(&all) == SMTPReply(status: 250, lines: ["a", "", "b c"]))
    #expect(all.readableBytes == 8)
    #expect(try reader.next(&all) == SMTPReply(status: 354, lines: ["go"]))
    #expect(try reader.next(&all) == nil)
    for byte in "220\r\n".utf8.dropLast() {
      var one = ByteBuffer(bytes: [byte])
      #expect(try reader.next(&one) == nil)
    }
    var last = ByteBuffer(string: "\n")
    #expect(try reader.next(&last) == SMTPReply(status: 220, lines: [""]))
  }

  @Test(
    "what is no reply is refused, and nothing is kept without bound",
    arguments: [
      ("\r\n", SMTPFault.malformed), ("hello\r\n", .malformed), ("99 x\r\n", .malformed), ("199 x\r\n", .malformed),
      ("600 x\r\n", .malformed), ("2500 x\r\n", .malformed), ("+25 x\r\n", .malformed), ("25\r\n", .malformed),
      ("250-a\r\n251 b\r\n", .malformed), ("\0\u{1}\u{ff}\n", .malformed),
      ("250 " + String(repeating: "x", count: 507) + "\r\n", .lineTooLong),
      (String(repeating: "y", count: 100_000), .lineTooLong),
      (String(repeating: "250-x\r\n", count: 65), .tooManyLines),
    ])
  func rubbish(text: String, fault: SMTPFault) {
    var reader = SMTPReplyReader()
    var bytes = ByteBuffer(string: text)
    #expect(throws: fault) { while try reader.next(&bytes) == nil, bytes.readableBytes > 0 {} }
  }

  @Test("bytes of every kind are read or refused, never trapped on (seeded)")
  func anything() throws {
    let random = SeededRandom(seed: 0x5EED)
    for _ in 0..<20_000 {
      let pieces = ["2", "5", "0", "9", " ", "-", "\r", "\n", "\r\n", "250 ok\r\n", "250-", "\0", "\u{fe}", "é"]
      let text = (0..<(random.next() % 24)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      var reader = SMTPReplyReader()
      var dialogue = SMTPDialogue(
        try Letters.message("smtp://u@h.test/?\(Letters.people)"), letter: [], isLoopback: random.next() % 2 == 0)
      var bytes = ByteBuffer(string: text)
      while let reply = try? reader.next(&bytes) {
        if dialogue.hear(reply) == .startTLS { _ = dialogue.secured() }
      }
    }
  }

  @Test("a dot is added before each line that begins with one, and the end is on a line of its own")
  func stuffing() {
    func stuffed(_ text: String) -> String {
      String(decoding: SMTPDialogue.stuffed(Array(text.utf8)), as: UTF8.self)
    }
    #expect(stuffed(".\r\n..a\r\nb.\r\n") == "..\r\n...a\r\nb.\r\n.\r\n")
    #expect(stuffed("") == ".\r\n")
  }
}
