import BulkheadCore
import BulkheadData
import BulkheadWork
import Distribution
import NIOCore
import NIOPosix
import NIOSSL

/// Hands mail to the server of a tenant's own account.
///
/// Only addresses that the egress rule allows are spoken to: the host as it is written and each address that its name
/// leads to are judged, and one of those is connected to, so that nothing is looked up between the look and the leap.
///
/// A server outside is spoken to only by a user who logs in. Without one, a tenant could hand mail in anybody's name
/// straight to the servers of its recipients, and have our address shut out for all tenants.
struct SMTPTransport: MailTransport {
  static let addressesMax = 3

  let egress: EgressRule
  let trust: MailTrust
  var names: any HostLookup = SystemLookup()
  var bounds = SMTPHandler.Bounds()

  init(egress: EgressRule, trust: MailTrust = MailTrust()) {
    self.egress = egress
    self.trust = trust
  }

  struct Unreachable: Error {}

  func send(_ message: MailMessage, tenant: Tenant) async throws { try await deliver(message, of: tenant.id) }

  func deliver(_ message: MailMessage, of tenant: TenantID) async throws {
    let host = message.address.host
    guard egress.allows(host: host) else { throw JobAbandoned("delivery.hostNotAllowed") }
    let found = try await names.addresses(of: host, port: message.address.port)
    guard !found.isEmpty else { throw Unreachable() }
    var allowed = found.filter { address in Self.literal(address).map(egress.allows) ?? false }
    guard !allowed.isEmpty else { throw JobAbandoned("delivery.hostNotAllowed") }
    if message.address.user == nil { allowed.removeAll { Self.literal($0)?.reach != .inside } }
    guard !allowed.isEmpty else { throw MailFailure.anonymous }
    let letter = MailLetter.bytes(of: message, tenant: tenant)
    for address in allowed.prefix(Self.addressesMax) {
      guard let connection = try? await connect(to: address, message, letter) else { continue }
      return try await withTaskCancellationHandler {
        try await connection.done.get()
      } onCancel: {
        connection.channel.close(promise: nil)
      }
    }
    throw Unreachable()
  }

  private static func literal(_ address: SocketAddress) -> LiteralAddress? {
    address.ipAddress.flatMap { LiteralAddress($0) }
  }

  private struct Connection: Sendable {
    let channel: any Channel
    let done: EventLoopFuture<Void>
  }

  private func connect(to address: SocketAddress, _ message: MailMessage, _ letter: [UInt8]) async throws -> Connection
  {
    let context = try trust.context()
    let name = LiteralAddress(message.address.host) == nil ? message.address.host : nil
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let done = loop.makePromise(of: Void.self)
    let dialogue = SMTPDialogue(
      message, letter: letter, isLoopback: Self.literal(address)?.isLoopback == true)
    let bounds = bounds
    let isSecure = message.address.security == .implicitTLS
    do {
      let channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(5))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if isSecure { try pipeline.addHandler(MailTrust.handler(context, name: name)) }
            try pipeline.addHandler(
              SMTPHandler(dialogue, bounds: bounds, done: done) {
                try MailTrust.handler(context, name: name)
              })
          }
        }
        .connect(to: address).get()
      return Connection(channel: channel, done: done.futureResult)
    } catch {
      // Nobody else settles it when no handler came to be.
      done.fail(error)
      throw error
    }
  }
}
