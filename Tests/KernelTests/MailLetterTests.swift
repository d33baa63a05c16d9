import BulkheadCore
import Foundation
import Testing

@testable import bulkhead

@Suite("Letters")
struct MailLetterTests {
  private static let url = "smtps://u@h.test/?\(Letters.people)"

  private func letter(_ brand: String, _ subject: String, _ text: String) throws -> String {
    let message = try Letters.message(Self.url, brand: brand, subject: subject, text: text)
    return String(decoding: MailLetter.bytes(of: message, tenant: Letters.tenant), as: UTF8.self)
  }

  @Test("a letter, byte for byte")
  func whole() throws {
    let name = MailLetter.name(of: EntityID(high: 1, low: 2), Letters.tenant)
    #expect(
      try letter("Corner", "Order SO-1", "One\nTwo") == """
        From: Corner\r
         <shop@example.com>\r
        To: buyer@example.com,\r
         desk@example.com\r
        Subject: Order SO-1\r
        Date: Sun, 06 Nov 1994 08:49:37 +0000\r
        Message-ID: <\(name)@example.com>\r
        Auto-Submitted: auto-generated\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: base64\r
        \r
        T25lDQpUd28NCg==\r

        """)
  }

  @Test("its name is the same on each try, another for another tenant, and tells no id")
  func name() {
    let (one, two) = (EntityID(high: 1, low: 2), EntityID(high: 1, low: 3))
    let name = MailLetter.name(of: one, Letters.tenant)
    #expect(name == MailLetter.name(of: one, Letters.tenant) && name.count == 32)
    #expect(Set([name, MailLetter.name(of: two, Letters.tenant), MailLetter.name(of: one, TenantID(two))]).count == 3)
  }

  /// Words that would be headers, ends of the letter, or other words.
  static let hostile = [
    "x\r\nBcc: evil@example.net", "x\nBcc: evil@example.net\n\nbody", "x\r\n.\r\nQUIT\r\n", "\0\u{1b}[2J",
    "\u{2028}Bcc: y",
    "=?utf-8?B?QmNjOiB4?=", "<evil@example.net>", "\"a\" <b@c.test>, d@e.test", "a, b: c;",
    String(repeating: "é", count: 300),
    String(repeating: "x", count: 300), "日本語の注文 😀 " + String(repeating: "語", count: 90), " spaces ",
    "(comment)", "",
  ]

  /// Python's reader of mail: other people's code.
  private func read(_ letters: [String]) throws -> [JSON] {
    let script = """
      import sys, json, email, email.policy, base64
      out = []
      for line in sys.stdin:
          m = email.message_from_bytes(base64.b64decode(line), policy=email.policy.default)
          people = lambda name: [[a.display_name, a.addr_spec] for a in m[name].addresses]
          out.append({"names": m.keys(), "from": people("From"), "to": people("To"), "subject": m["Subject"],
                      "date": m["Date"].datetime.timestamp().__int__(), "id": m["Message-ID"], "text": m.get_content(),
                      "defects": [str(d) for d in m.defects] + [str(d) for h in m.values() for d in h.defects]})
      print(json.dumps(out))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let lines = letters.map { Data($0.utf8).base64EncodedString() + "\n" }.joined()
    try input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
    try input.fileHandleForWriting.close()
    let answer = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return try JSONParser.parse(String(decoding: answer, as: UTF8.self)).array ?? []
  }

  @Test("whatever is filled in, another reader finds these headers, these people and these words, and no fault")
  func otherReader() throws {
    let texts = Self.hostile + ["\r\n\r\nBcc: x\r\n.\r\n..\r\n", String(repeating: "Zeile mit Ümlaut. ", count: 400)]
    let cases = Self.hostile.enumerated().flatMap { place, words in
      [
        (words, "Order", "text"), ("Corner", words, texts[place]),
        ("Acme, Inc.", "Bestellung für Müller", texts[place % 2 + texts.count - 2]),
      ]
    }
    let read = try read(cases.map { try letter($0.0, $0.1, $0.2) })
    #expect(read.count == cases.count)
    for (seen, (brand, subject, text)) in zip(read, cases) {
      #expect(
        seen["names"]?.array?.compactMap(\.string) == [
          "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
          "Content-Transfer-Encoding",
        ])
      // Between the encoded words of a name Python leaves the space that RFC 2047 (section 6.2) takes away.
      let sender = seen["from"]?[0]
      #expect(seen["from"]?.array?.count == 1 && sender?[1] == "shop@example.com")
      #expect(sender?[0]?.string?.filter { $0 != " " } == Self.line(brand).filter { $0 != " " }, "\(brand)")
      #expect(seen["to"] == [["", "buyer@example.com"], ["", "desk@example.com"]])
      #expect(seen["subject"]?.string == Self.line(subject), "\(subject)")
      #expect(seen["defects"]?.array?.isEmpty == true, "\(seen)")
      let body = text.replacing("\r\n", with: "\n").replacing("\0", with: " ").replacing("\u{1b}", with: " ")
      #expect(seen["text"]?.string?.replacing("\r\n", with: "\n") == body.replacing("\u{2028}", with: " ") + "\n")
      #expect(seen["date"]?.numberText == "784111777")
    }
  }

  /// What is left of words in one line.
  private static func line(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar.value == 0x2028 ? " " : String(scalar)
    }
    return scalars.joined().trimmingCharacters(in: .whitespaces)
  }

  @Test("no line is longer than mail allows, and each ends with CR LF")
  func lines() throws {
    for words in Self.hostile {
      let letter = try letter(words, words, words)
      #expect(!letter.replacing("\r\n", with: "").utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 > 0x7E })
      #expect(letter.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 }, "\(letter)")
    }
  }
}
