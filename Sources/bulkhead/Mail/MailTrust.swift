import Distribution
import NIOCore
import NIOSSL
import Synchronization

/// Whom a mail server's certificate must come from, and whom it must be for.
final class MailTrust: Sendable {
  private let roots: NIOSSLTrustRoots
  /// Made once, when mail is first sent: reading the system's roots takes a while and a megabyte.
  private let made = Mutex<NIOSSLContext?>(nil)

  /// - Parameter roots: whom the system trusts, unless a test says otherwise.
  init(roots: NIOSSLTrustRoots = .default) { self.roots = roots }

  func context() throws -> NIOSSLContext {
    try made.withLock { made in
      if let made { return made }
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.minimumTLSVersion = .tlsv12
      configuration.trustRoots = roots
      let context = try NIOSSLContext(configuration: configuration)
      made = context
      return context
    }
  }

  /// Begins TLS with the server of this name; with whoever has the address when there is none.
  ///
  /// NIOSSL's own check takes a certificate for the address that is connected to as one for any name. Certificates for
  /// addresses are issued to whoever has them, so that somebody who makes a name lead to an address of theirs would
  /// pass for every mail server there is. Where there is a name, it must stand in the certificate.
  static func handler(_ context: NIOSSLContext, name: String?) throws -> NIOSSLClientHandler {
    guard let name else { return try NIOSSLClientHandler(context: context, serverHostname: nil) }
    return try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: name) {
      certificate, channel in
      names(certificate).contains { matches(name, $0) }
        ? channel.eventLoop.makeSucceededVoidFuture() : channel.eventLoop.makeFailedFuture(MailFailure.untrusted)
    }
  }

  private static func names(_ certificate: NIOSSLCertificate) -> [String] {
    certificate._subjectAlternativeNames().filter { $0.nameType == .dnsName }
      .map { String(decoding: Array($0.contents), as: UTF8.self) }
  }

  /// Whether a name of a certificate is this host's (RFC 9525, section 6.3): the same, or with a star for its first
  /// label. `host` is in lower case.
  static func matches(_ host: String, _ name: String) -> Bool {
    let name = name.lowercased()
    guard name.hasPrefix("*.") else { return host == name }
    let rest = name.dropFirst(2)
    guard rest.contains("."), let dot = host.firstIndex(of: ".") else { return false }
    return host[host.index(after: dot)...] == rest
  }
}
