import BulkheadCore
import Testing

@testable import Distribution

@Suite("Mail addresses")
struct MailURLTests {
  private static let people = "from=shop@example.com&to=buyer@example.com"

  @Test("an address says server, account, sender and recipients")
  func whole() throws {
    let url = try MailURL(
      "smtps://Shop%40example.com@Mail.Example.com:2465/?from=shop@example.com&to=a@example.com,b+c@sub.example.com")
    #expect(url.security == .implicitTLS && url.user == "Shop@example.com" && url.host == "mail.example.com")
    #expect(url.port == 2465 && url.from.text == "shop@example.com" && url.from.domain == "example.com")
    #expect(url.to.map(\.text) == ["a@example.com", "b+c@sub.example.com"])
    #expect(url.account == "smtps://Shop@example.com@mail.example.com:2465")
  }

  @Test("ports, slashes and users may be left out; parameters stand in any order")
  func defaults() throws {
    #expect(try MailURL("smtps://h.test?\(Self.people)").port == 465)
    let url = try MailURL("smtp://[::1]/?to=a%40b.test%2Cc%40d.test&from=x@localhost")
    #expect(url.port == 587 && url.host == "::1" && url.user == nil && url.account == "smtp://::1:587")
    #expect(url.to.map(\.text) == ["a@b.test", "c@d.test"] && url.from.text == "x@localhost")
    #expect(try MailURL("smtp://127.0.0.1:25/?\(Self.people)").host == "127.0.0.1")
  }

  static let refused: [(String, String)] = [
    ("", "malformed"), ("mailto:a@b.test", "malformed"), ("http://h.test/?\(people)", "malformed"),
    ("SMTP://h.test/?\(people)", "malformed"), ("smtp:/h.test/?\(people)", "malformed"),
    ("smtp://h.test/inbox?\(people)", "malformed"), ("smtp://h.test/?\(people)#x", "malformed"),
    ("smtp://h.test/?from=a b@c.test&to=d@e.test", "malformed"), ("smtp://h\u{e4}.test/?\(people)", "malformed"),
    ("smtp://h.test/?from=a%4&to=d@e.test", "malformed"), ("smtp://h.test/?from=a%+1&to=d@e.test", "malformed"),
    ("smtp://h.test/?\(people)\r\nRCPT TO:<x@y.test>", "malformed"), ("smtp://h.test/?\(people)%", "malformed"),
    ("smtp://u:secret@h.test/?\(people)", "passwordInURL"), ("smtp://u:@/?x", "passwordInURL"),
    ("smtp://a@b@h.test/?\(people)", "userInvalid"), ("smtp://@h.test/?\(people)", "userInvalid"),
    ("smtp://u%00@h.test/?\(people)", "userInvalid"), ("smtp://u%0A@h.test/?\(people)", "userInvalid"),
    ("smtp://u%20x@h.test/?\(people)", "userInvalid"), ("smtp://%C3%A4@h.test/?\(people)", "userInvalid"),
    ("smtp://\(String(repeating: "u", count: 129))@h.test/?\(people)", "userInvalid"),
    ("smtp:///?\(people)", "hostInvalid"), ("smtp://:25/?\(people)", "hostInvalid"),
    ("smtp://-a.test/?\(people)", "hostInvalid"), ("smtp://a-.test/?\(people)", "hostInvalid"),
    ("smtp://a..test/?\(people)", "hostInvalid"), ("smtp://a_b.test/?\(people)", "hostInvalid"),
    ("smtp://h%2etest/?\(people)", "hostInvalid"), ("smtp://[::1/?\(people)", "hostInvalid"),
    ("smtp://[fe80::1%25eth0]/?\(people)", "hostInvalid"), ("smtp://[]/?\(people)", "hostInvalid"),
    ("smtp://::1/?\(people)", "hostInvalid"),
    ("smtp://\(String(repeating: "a", count: 64)).test/?\(people)", "hostInvalid"),
    ("smtp://h.test:/?\(people)", "portInvalid"), ("smtp://h.test:0/?\(people)", "portInvalid"),
    ("smtp://h.test:65536/?\(people)", "portInvalid"), ("smtp://h.test:+25/?\(people)", "portInvalid"),
    ("smtp://h.test:25:26/?\(people)", "portInvalid"), ("smtp://[::1]:x/?\(people)", "portInvalid"),
    ("smtp://h.test/?\(people)&cc=x@y.test", "parameterUnknown"), ("smtp://h.test/?From=a@b.test", "parameterUnknown"),
    ("smtp://h.test/?=a@b.test", "parameterUnknown"),
    ("smtp://h.test/?\(people)&to=x@y.test", "parameterRepeated"), ("smtp://h.test/?from&from", "parameterRepeated"),
    ("smtp://h.test", "fromMissing"), ("smtp://h.test/?to=a@b.test", "fromMissing"),
    ("smtp://h.test/?from=&to=", "fromInvalid"), ("smtp://h.test/?from=shop&to=a@b.test", "fromInvalid"),
    ("smtp://h.test/?from=shop%0D%0ABcc:x@y.test&to=a@b.test", "fromInvalid"),
    ("smtp://h.test/?from=a@b.test%3E%0D%0A&to=a@b.test", "fromInvalid"),
    ("smtp://h.test/?from=a@b.test", "toMissing"), ("smtp://h.test/?from=a@b.test&to=", "toMissing"),
    ("smtp://h.test/?from=a@b.test&to=\(many(11, "x"))", "tooManyRecipients"),
    ("smtp://h.test/?from=a@b.test&to=c@d.test,", "toInvalid"),
    ("smtp://h.test/?from=a@b.test&to=c@d.test%00", "toInvalid"),
    ("smtp://h.test/?from=a@b.test&to=c@d.test%20SIZE=1", "toInvalid"),
    ("smtp://h.test/?from=a@b.test&to=c@d.test,c@d.test", "toRepeated"),
  ]

  private static func many(_ count: Int, _ name: String) -> String {
    (0..<count).map { "\(name)\($0)@d.test" }.joined(separator: ",")
  }

  @Test("each fault has its own code, and the first in their order is told", arguments: refused)
  func refusals(url: String, code: String) {
    let refusal = #expect(throws: Refusal.self) { _ = try MailURL(url) }
    #expect(refusal?.code.name == "mailURL.\(code)" && refusal?.violations.first?.pointer == "/url", "\(url)")
  }

  @Test("ten recipients are not too many")
  func ten() throws {
    #expect(try MailURL("smtp://h.test/?from=a@b.test&to=\(Self.many(10, "x"))").to.count == 10)
  }

  @Test(
    "an e-mail address is a dot-atom and a domain of RFC 5321's lengths",
    arguments: [
      ("a@b", true), ("a.b-c+d@sub.example.com", true), ("!#$%&'*+-/=?^_`{|}~@x.test", true),
      (String(repeating: "a", count: 64) + "@b.test", true), (String(repeating: "a", count: 65) + "@b.test", false),
      ("a@" + String(repeating: "b.", count: 125) + "cc", true),
      ("a@" + String(repeating: "b.", count: 126) + "c", false),
      ("", false), ("@", false), ("a@", false), ("@b.test", false), (".a@b.test", false), ("a.@b.test", false),
      ("a..b@b.test", false), ("\"a b\"@b.test", false), ("a@[127.0.0.1]", false), ("a@127.0.0.1", false),
      ("a@b_c.test", false), ("a@b.test.", false), ("a b@c.test", false), ("a@b.test\n", false), ("a\r@b.test", false),
      ("<a@b.test>", false), ("a@b.test, c@d.test", false), ("\u{e4}@b.test", false), ("a@b@c.test", false),
    ])
  func addresses(text: String, isOne: Bool) {
    #expect((MailAddress(text) != nil) == isOne, "\(text)")
  }

  private static let whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  @Test(
    "a secret is what its address needs",
    arguments: [
      ("https://shop.test/hook", whsec, nil), ("https://shop.test/hook", nil, "secretMissing"),
      ("https://shop.test/hook", "password", "secretMalformed"),
      ("smtp://u@h.test/?\(people)", "pass word", nil), ("smtp://u@h.test/?\(people)", nil, "secretMissing"),
      ("smtp://u@h.test/?\(people)", "p\u{e4}ss", "secretMalformed"),
      ("smtp://u@h.test/?\(people)", "p\n", "secretMalformed"),
      ("smtp://u@h.test/?\(people)", "", "secretMalformed"),
      ("smtp://h.test/?\(people)", nil, nil), ("smtp://h.test/?\(people)", "password", "secretUnexpected"),
    ] as [(String, String?, String?)])
  func secrets(url: String, secret: String?, code: String?) throws {
    let address = try NotificationAddress(url)
    do throws(Refusal) {
      let key = try address.key(secret)
      #expect(code == nil && key.isEmpty == (secret == nil))
    } catch {
      #expect(error.code.name == code.map { "notification.\($0)" } && error.violations.first?.pointer == "/secret")
    }
  }

  @Test("a password is sealed for its account: another server, user, port or kind of TLS is another purpose")
  func purposes() throws {
    func purpose(_ url: String) throws -> String { try NotificationAddress(url).purpose(id(1)) }
    let own = try purpose("smtps://u@h.test/?\(Self.people)")
    #expect(try purpose("smtps://u@H.test:465?from=x@y.test&to=z@y.test") == own)
    for other in [
      "smtps://u@g.test", "smtps://v@h.test", "smtps://u@h.test:25", "smtp://u@h.test:465", "smtps://h.test",
    ] {
      #expect(try purpose("\(other)/?\(Self.people)") != own, "\(other)")
    }
    #expect(try purpose("https://h.test/") == "notification.endpoint:\(id(1))")
  }

  @Test("the notes about failures fit into their row, and say which answer it was")
  func notes() {
    let failures = MailStep.allCases.flatMap {
      [MailFailure.refused($0, status: 550), .unavailable($0, status: 451)]
    }
    for failure in failures + [.unprotected, .noLogin, .anonymous, .untrusted, .broken] {
      #expect((1...200).contains(failure.note.count))
    }
    #expect(MailFailure.refused(.recipient, status: 550).note == "The mail server answered 550 to RCPT TO.")
  }
}
