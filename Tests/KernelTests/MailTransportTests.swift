import BulkheadCore
import BulkheadWork
import Distribution
import Foundation
import NIOCore
import NIOSSL
import Testing

@testable import bulkhead

/// Names that lead where the test says.
private struct Names: HostLookup {
  let table: [String: [String]]

  func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
    try (table[host] ?? []).map { try SocketAddress(ipAddress: $0, port: port) }
  }
}

/// The transport against real sockets and real TLS, on loopback.
@Suite("Mail over the wire")
struct MailTransportTests {
  private static func transport(
    _ names: [String: [String]]? = nil, allowsInside: Bool = true, trusts: Bool = true
  ) throws -> SMTPTransport {
    let trust = trusts ? MailTrust(roots: .certificates([try MailServer.certificate])) : MailTrust()
    var transport = SMTPTransport(egress: EgressRule(allowsInside: allowsInside), trust: trust)
    if let names { transport.names = Names(table: names) }
    transport.bounds.step = .milliseconds(400)
    transport.bounds.message = .milliseconds(400)
    transport.bounds.whole = .seconds(3)
    return transport
  }

  private func send(
    _ transport: SMTPTransport, _ authority: String, _ scheme: String = "smtp", password: String = "",
    subject: String = "Order SO-1"
  ) async throws {
    let message = try Letters.message(
      "\(scheme)://\(authority)/?\(Letters.people)", password: password, subject: subject)
    try await transport.deliver(message, of: Letters.tenant)
  }

  private func failed(_ body: () async throws -> Void) async -> MailFailure? {
    do { try await body() } catch { return error as? MailFailure }
    return nil
  }

  @Test(
    "mail arrives whole, over TLS and as who logs in, in each way",
    arguments: [MailServer.Security.startTLS, .implicitTLS], [["PLAIN"], ["LOGIN"], ["CRAM-MD5", "LOGIN", "PLAIN"]])
  func arrives(security: MailServer.Security, logins: [String]) async throws {
    try await MailServer.run(security, logins: logins, accounts: ["u@x": "pass word"]) { server in
      for (place, host) in ["localhost", "127.0.0.1", "mail.test"].enumerated() {
        let transport = try Self.transport([
          "localhost": ["127.0.0.1"], "127.0.0.1": ["127.0.0.1"], "mail.test": ["127.0.0.1"],
        ])
        let scheme = security == .implicitTLS ? "smtps" : "smtp"
        try await send(transport, "u%40x@\(host):\(server.port)", scheme, password: "pass word")
        let mail = try #require(server.mails.last)
        #expect(server.mails.count == place + 1 && mail.isSecure && mail.login == ["u@x", "pass word"])
        #expect(mail.from == "shop@example.com" && mail.to == ["buyer@example.com", "desk@example.com"])
        #expect(mail.hello == "example.com" && mail.header("Subject") == "Order SO-1")
        #expect(mail.text == "Order SO-1 over 112.50 USD.\r\n")
      }
      // The same letter each time.
      #expect(Set(server.mails.map(\.letter)).count == 1)
    }
  }

  @Test("this very machine may be spoken to in the clear")
  func plain() async throws {
    try await MailServer.run(.plain, accounts: ["u": "p"]) { server in
      try await send(try Self.transport(), "u@127.0.0.1:\(server.port)", password: "p")
      #expect(server.mails.count == 1 && server.mails.first?.isSecure == false)
      #expect(server.mails.first?.login == ["u", "p"])
    }
  }

  @Test("a certificate that nobody trusts, or of another name, ends it before anything is said")
  func untrusted() async throws {
    for security in [MailServer.Security.startTLS, .implicitTLS] {
      try await MailServer.run(security, accounts: ["u": "p"]) { server in
        let scheme = security == .implicitTLS ? "smtps" : "smtp"
        let strange = try Self.transport(["other.test": ["127.0.0.1"]])
        let failure = await failed { try await send(strange, "u@other.test:\(server.port)", scheme, password: "p") }
        #expect(failure == .untrusted)
        let wary = try Self.transport(trusts: false)
        let doubt = await failed { try await send(wary, "u@127.0.0.1:\(server.port)", scheme, password: "p") }
        #expect(doubt == .untrusted)
        #expect(server.mails.isEmpty && !server.record.commands.contains { $0.hasPrefix("AUTH") })
      }
    }
    try await MailServer.run(.plain) { server in
      let deaf = try Self.transport()
      let failure = await failed { try await send(deaf, "127.0.0.1:\(server.port)", "smtps") }
      #expect(failure == .untrusted, "no TLS is spoken there")
    }
  }

  @Test(
    "a certificate is for a host when its name stands there, or a star for its first label",
    arguments: [
      ("mail.test", "mail.test", true), ("mail.test", "MAIL.Test", true), ("mail.test", "other.test", false),
      ("a.mail.test", "*.mail.test", true), ("a.b.mail.test", "*.mail.test", false),
      ("mail.test", "*.mail.test", false),
      ("mail.test", "*.test", false), ("mail.test", "*", false), ("mail.test", "*.", false), ("test", "*.test", false),
      ("mail.test", "m*.test", false), ("mail.test", "mail.test\0.evil.test", false), ("mail.test", "", false),
    ])
  func certificateNames(host: String, name: String, isFor: Bool) {
    #expect(MailTrust.matches(host, name) == isFor)
  }

  @Test("what is said in the clear after STARTTLS is never taken for what comes under TLS")
  func injection() async throws {
    let injected = "220 go\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 welcome"
    try await MailServer.run(.startTLS, accounts: ["u": "p"], instead: [("STARTTLS", .text(injected))]) { server in
      let transport = try Self.transport()
      let failure = await failed { try await send(transport, "u@127.0.0.1:\(server.port)", password: "p") }
      #expect(failure == .broken)
      #expect(server.record.commands == ["EHLO example.com", "STARTTLS"])
    }
    // Answers to what has not been asked, at any other step.
    for command in ["connect", "EHLO", "MAIL", "RCPT", "DATA"] {
      let status = command == "connect" ? "220" : command == "DATA" ? "354" : "250"
      let early = MailServer.Answer.text("\(status) ok\r\n250 ok\r\n250 ok")
      try await MailServer.run(.plain, instead: [(command, early)]) { server in
        let transport = try Self.transport()
        let failure = await failed { try await send(transport, "127.0.0.1:\(server.port)") }
        #expect(failure == .broken && server.mails.isEmpty, "\(command)")
      }
    }
  }

  @Test("a server that takes the message and closes at once has taken it")
  func hurried() async throws {
    try await MailServer.run(.plain, instead: [(".", .text("250 taken\r\n421 closing"))]) { server in
      try await send(try Self.transport(), "127.0.0.1:\(server.port)")
    }
  }

  @Test(
    "a server that hangs, hangs up, talks rubbish or without end, at any step, costs its deadline and no more",
    arguments: ["connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."])
  func manners(command: String) async throws {
    let answers: [MailServer.Answer] = [
      .silence, .hangUp, .text("\u{0}\u{1}\u{2}"), .text("hello there"), .text(""), .text("250-no\r\n220 end"),
      .text("999 what"), .flood("250-" + String(repeating: "x", count: 4000)), .flood("250-x\r\n"), .flood("\r\n"),
      .flood("250 ok\r\n"), .flood("220 ok\r\n"),
    ]
    for answer in answers {
      try await MailServer.run(.plain, accounts: ["u": "p"], instead: [(command, answer)]) { server in
        let transport = try Self.transport()
        let started = ContinuousClock.now
        let failure = await failed { try await send(transport, "u@127.0.0.1:\(server.port)", password: "p") }
        if case .flood("250 ok\r\n") = answer, [".", "EHLO"].contains(command) {
          // After the letter it is a yes; after EHLO the first of them may be an offer of nothing.
          #expect(command == "." ? failure == nil : failure == .broken || failure == .noLogin)
        } else {
          #expect(failure == .broken, "\(command) \(answer)")
        }
        #expect(server.mails.isEmpty)
        #expect(ContinuousClock.now - started < .seconds(20), "bounded")
      }
    }
  }

  @Test("what the server answers is told by its status alone, outage from refusal, and nobody gets half of it")
  func answers() async throws {
    let cases: [(String, String, MailFailure)] = [
      ("connect", "421 busy", .unavailable(.connection, status: 421)),
      ("AUTH", "535 no", .refused(.login, status: 535)), ("AUTH", "454 later", .unavailable(.login, status: 454)),
      ("MAIL", "553 not you", .refused(.sender, status: 553)),
      ("RCPT", "450 grey", .unavailable(.recipient, status: 450)),
      ("RCPT", "550 unknown", .refused(.recipient, status: 550)), (".", "554 spam", .refused(.message, status: 554)),
      (".", "452 full", .unavailable(.message, status: 452)),
    ]
    for (command, answer, expected) in cases {
      try await MailServer.run(.plain, accounts: ["u": "p"], instead: [(command, .text(answer))]) { server in
        let transport = try Self.transport()
        let failure = await failed { try await send(transport, "u@127.0.0.1:\(server.port)", password: "p") }
        #expect(failure == expected)
        #expect(server.mails.isEmpty)
      }
    }
    try await MailServer.run(.plain, accounts: ["u": "p"]) { server in
      let transport = try Self.transport()
      let wrong = await failed { try await send(transport, "u@127.0.0.1:\(server.port)", password: "x") }
      #expect(wrong == .refused(.login, status: 535))
    }
  }

  @Test("the address that is judged is the one connected to: no name leads into the own network")
  func rebinding() async throws {
    try await MailServer.run(.plain) { server in
      for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"] {
        let transport = try Self.transport(["mail.example.com": [address]], allowsInside: false)
        let abandoned = await #expect(throws: JobAbandoned.self) {
          try await send(transport, "mail.example.com:\(server.port)")
        }
        #expect(abandoned?.code == "delivery.hostNotAllowed", "\(address)")
      }
      // Written out, or of a metadata service, they are not even looked up.
      for (host, allowsInside) in [
        ("127.0.0.1", false), ("localhost", false), ("2130706433", false), ("[::1]", false),
        ("169.254.169.254", true), ("metadata.google.internal", true),
      ] {
        let transport = try Self.transport([:], allowsInside: allowsInside)
        let abandoned = await #expect(throws: JobAbandoned.self) { try await send(transport, "\(host):\(server.port)") }
        #expect(abandoned?.code == "delivery.hostNotAllowed", "\(host)")
      }
      // Of several addresses only those that are allowed are tried.
      let mixed = try Self.transport(["mail.test": ["169.254.169.254", "127.0.0.1"]])
      try await send(mixed, "mail.test:\(server.port)")
      #expect(server.record.connections == 1 && server.mails.count == 1)
    }
  }

  @Test("a server outside is not spoken to where nobody logs in: no tenant is a relay for spam")
  func anonymous() async throws {
    for allowsInside in [false, true] {
      let transport = try Self.transport(
        ["mx.example.com": ["93.184.215.14", "2606:4700::1111"]], allowsInside: allowsInside)
      let failure = await failed { try await send(transport, "mx.example.com:25") }
      #expect(failure == .anonymous)
    }
  }

  @Test("a name that nobody has, and a port that nobody listens on, are tried again")
  func unreachable() async throws {
    let transport = try Self.transport(["mail.test": ["127.0.0.1"]])
    for authority in ["nowhere.test", "mail.test:1"] {
      await #expect(throws: SMTPTransport.Unreachable.self) { try await send(transport, authority) }
    }
  }

  @Test("the system's resolver knows addresses and this machine")
  func resolver() async throws {
    let names = SystemLookup()
    #expect(try await names.addresses(of: "127.0.0.1", port: 25).map(\.ipAddress) == ["127.0.0.1"])
    #expect(try await names.addresses(of: "::1", port: 25).first?.ipAddress == "::1")
    #expect(try await names.addresses(of: "localhost", port: 25).contains { $0.ipAddress == "127.0.0.1" })
  }
}
