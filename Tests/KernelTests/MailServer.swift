import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A mail server on loopback that does as it is told: SMTP with TLS in both ways, logins, and all kinds of bad manners.
final class MailServer: Sendable {
  enum Security: Sendable { case plain, startTLS, implicitTLS }

  /// Said once in the place of the usual answer to a command.
  enum Answer: Sendable {
    case text(String)
    case silence
    case hangUp
    /// The same bytes for as long as somebody takes them.
    case flood(String)
  }

  /// What was handed in, and how.
  struct Mail: Sendable {
    var isSecure = false
    var hello = ""
    var login: [String] = []
    var from = ""
    var to: [String] = []
    /// Without the dots of the transport.
    var letter = ""

    /// The value of a header, unfolded.
    func header(_ name: String) -> String? {
      let head = letter.prefix(upTo: letter.firstRange(of: "\r\n\r\n")?.lowerBound ?? letter.endIndex)
      let lines = head.replacing("\r\n ", with: " ").split(separator: "\r\n")
      let values = lines.filter { $0.hasPrefix("\(name): ") }
      return values.count == 1 ? String(values[0].dropFirst(name.count + 2)) : nil
    }

    var text: String {
      let end = letter.firstRange(of: "\r\n\r\n")?.upperBound ?? letter.endIndex
      let body = letter[end...].filter { !$0.isNewline }
      return Data(base64Encoded: body).map { String(decoding: $0, as: UTF8.self) } ?? "?"
    }
  }

  struct Seen: Sendable {
    var connections = 0
    var mails: [Mail] = []
    /// Letters that were not taken.
    var refused: [Mail] = []
    var commands: [String] = []
  }

  let security: Security
  let logins: [String]
  private let accounts: [String: String]
  private let instead: Mutex<[(command: String, answer: Answer)]>
  private let seen = Mutex(Seen())
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listening = Mutex<(any Channel)?>(nil)

  var port: Int { listening.withLock { $0?.localAddress?.port ?? 0 } }
  var record: Seen { seen.withLock { $0 } }
  var mails: [Mail] { record.mails }

  /// - Parameters:
  ///   - accounts: passwords by user; none: nobody need log in.
  ///   - instead: `("RCPT", .text("451 later"))`; `connect` for the greeting, `.` for what comes after the letter, and
  ///     a whole answer of AUTH LOGIN's prompts under `AUTH`.
  private init(
    _ security: Security, logins: [String], accounts: [String: String], instead: [(command: String, answer: Answer)]
  ) {
    self.security = security
    self.logins = logins
    self.accounts = accounts
    self.instead = Mutex(instead)
  }

  /// Runs a server for the length of `body`.
  static func run<Result>(
    _ security: Security = .plain, logins: [String] = ["PLAIN", "LOGIN"], accounts: [String: String] = [:],
    instead: [(command: String, answer: Answer)] = [], _ body: (MailServer) async throws -> Result
  ) async throws -> Result {
    let server = MailServer(security, logins: logins, accounts: accounts, instead: instead)
    let tls = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: [.certificate(try Self.certificate)], privateKey: .privateKey(try Self.key)))
    let channel = try await ServerBootstrap(group: server.group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if security == .implicitTLS {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
          }
          try channel.pipeline.syncOperations.addHandler(MailDesk(server, tls))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    server.listening.withLock { $0 = channel }
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(server)) } catch { outcome = .failure(error) }
    try? await channel.close()
    try await server.group.shutdownGracefully()
    return try outcome.get()
  }

  func note(_ change: (inout Seen) -> Void) { seen.withLock { change(&$0) } }

  /// What is said once instead of the usual.
  func special(_ command: String) -> Answer? {
    instead.withLock { instead in
      instead.firstIndex { $0.command == command }.map { instead.remove(at: $0).answer }
    }
  }

  func mayEnter(_ user: String, _ password: String) -> Bool { accounts[user] == password }
  var asksForLogin: Bool { !accounts.isEmpty }
}

/// One connection to it.
private final class MailDesk: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let server: MailServer
  private let tls: NIOSSLContext
  private var mail = MailServer.Mail()
  private var unread = ""
  private var isLetter = false
  private var prompts = 0
  private var isFlooding = false

  init(_ server: MailServer, _ tls: NIOSSLContext) {
    self.server = server
    self.tls = tls
    mail.isSecure = server.security == .implicitTLS
  }

  func channelActive(context: ChannelHandlerContext) {
    server.note { $0.connections += 1 }
    answer("connect", "220 mail.test ready", context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    unread += String(buffer: unwrapInboundIn(data))
    while let end = unread.firstRange(of: "\r\n") {
      let line = String(unread[..<end.lowerBound])
      unread.removeSubrange(..<end.upperBound)
      if isLetter { write(line, context) } else { obey(line, context) }
    }
  }

  /// A connection that is gone cannot be written to: whoever floods stops.
  func channelInactive(context: ChannelHandlerContext) { isFlooding = false }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func write(_ line: String, _ context: ChannelHandlerContext) {
    guard line == "." else {
      mail.letter += (line.hasPrefix(".") ? String(line.dropFirst()) : line) + "\r\n"
      return
    }
    isLetter = false
    let mail = mail
    let isTaken = answer(".", "250 taken", context)
    server.note { isTaken ? $0.mails.append(mail) : $0.refused.append(mail) }
    self.mail.letter = ""
  }

  private func obey(_ line: String, _ context: ChannelHandlerContext) {
    server.note { $0.commands.append(line) }
    if prompts > 0 {
      mail.login.append(decoded(line))
      prompts -= 1
      if prompts == 1 { return say("334 UGFzc3dvcmQ6", context) }
      return enter(context)
    }
    let command = line.split(separator: " ").first.map { $0.uppercased() } ?? ""
    switch command {
    case "EHLO":
      mail.hello = String(line.dropFirst(5))
      var lines = ["mail.test", "SIZE 1000000"]
      if server.security == .startTLS, !mail.isSecure { lines.append("STARTTLS") }
      if !server.logins.isEmpty { lines.append("AUTH " + server.logins.joined(separator: " ")) }
      let said = lines.dropLast().map { "250-\($0)\r\n" }.joined() + "250 \(lines[lines.count - 1])"
      answer("EHLO", said, context)
    case "STARTTLS":
      guard answer("STARTTLS", "220 go", context) else { return }
      mail = MailServer.Mail(isSecure: true)
      try? context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
    case "AUTH": login(line, context)
    case "MAIL":
      mail.from = path(line)
      answer("MAIL", server.asksForLogin && mail.login.isEmpty ? "530 log in" : "250 ok", context)
    case "RCPT":
      mail.to.append(path(line))
      answer("RCPT", "250 ok", context)
    case "DATA":
      isLetter = answer("DATA", "354 go on", context)
    case "QUIT":
      say("221 bye", context)
      context.close(promise: nil)
    default: say("500 what?", context)
    }
  }

  private func login(_ line: String, _ context: ChannelHandlerContext) {
    let words = line.split(separator: " ")
    guard words.count > 1, server.logins.contains(String(words[1])) else { return say("504 not that", context) }
    guard words[1] == "PLAIN" else {
      prompts = 2
      return say("334 VXNlcm5hbWU6", context)
    }
    let parts = decoded(String(words.count > 2 ? words[2] : "")).split(
      separator: "\0", omittingEmptySubsequences: false)
    mail.login = parts.count == 3 && parts[0].isEmpty ? [String(parts[1]), String(parts[2])] : ["?", "?"]
    enter(context)
  }

  private func enter(_ context: ChannelHandlerContext) {
    let isKnown = server.mayEnter(mail.login[0], mail.login[1])
    answer("AUTH", isKnown ? "235 welcome" : "535 who are you?", context)
  }

  private func path(_ line: String) -> String {
    guard let open = line.firstIndex(of: "<"), let close = line.lastIndex(of: ">") else { return "?" }
    return String(line[line.index(after: open)..<close])
  }

  private func decoded(_ text: String) -> String {
    Data(base64Encoded: text).map { String(decoding: $0, as: UTF8.self) } ?? "?"
  }

  /// Whether the usual was said.
  @discardableResult
  private func answer(_ command: String, _ usual: String, _ context: ChannelHandlerContext) -> Bool {
    switch server.special(command) {
    case nil:
      say(usual, context)
      return true
    case .text(let text): say(text, context)
    case .silence: break
    case .hangUp: context.close(promise: nil)
    case .flood(let text):
      isFlooding = true
      flood(text, context)
    }
    return false
  }

  private func flood(_ text: String, _ context: ChannelHandlerContext) {
    guard isFlooding else { return }
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { [self] in flood(text, context) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: sent)
  }

  private func say(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
  }
}

extension MailServer {
  /// Of tests and nothing else: for `localhost`, `mail.test` and 127.0.0.1, from 2020 to 2120.
  static var certificate: NIOSSLCertificate {
    get throws {
      try NIOSSLCertificate(
        bytes: Array(
          """
          -----BEGIN CERTIFICATE-----
          MIIBhjCCASugAwIBAgIUfXfifaFkkaFClpl9wwdMZyzKwKUwCgYIKoZIzj0EAwIw
          FDESMBAGA1UEAwwJbWFpbC50ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAx
          MDAwMDAwWjAUMRIwEAYDVQQDDAltYWlsLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
          PQMBBwNCAAQR2uaR7Ulg564DRR1NZNL+s8jw0pNvkLVGUsJSbkTfvDLsBV9vKc3c
          FQxYmUiRofaYiz5PGVOW/emtypcegzLEo1kwVzAlBgNVHREEHjAcgglsb2NhbGhv
          c3SCCW1haWwudGVzdIcEfwAAATAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQV
          48/MBhPsMsrN4bmoG7ATG5PdQDAKBggqhkjOPQQDAgNJADBGAiEArvBuuIUmnodb
          /5ncn3ZIzEm4eTu3ce3/N7RJzBuY5ncCIQDgUYOJa2gMzelC3xarXVMK4zD7rQ8s
          +C8MvjBghb1WPw==
          -----END CERTIFICATE-----
          """.utf8), format: .pem)
    }
  }

  private static var key: NIOSSLPrivateKey {
    get throws {
      try NIOSSLPrivateKey(
        bytes: Array(
          """
          -----BEGIN PRIVATE KEY-----
          MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgebRQ6X8TsFkaltht
          XW2ENxS8F9HpTktJjN1VtEarmM+hRANCAAQR2uaR7Ulg564DRR1NZNL+s8jw0pNv
          kLVGUsJSbkTfvDLsBV9vKc3cFQxYmUiRofaYiz5PGVOW/emtypcegzLE
          -----END PRIVATE KEY-----
          """.utf8), format: .pem)
    }
  }
}
