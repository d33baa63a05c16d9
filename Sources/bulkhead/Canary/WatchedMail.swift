import BulkheadData
import BulkheadWork
import Distribution

/// Looks at every mail before it goes to a server, as `WatchedWebhooks` does at messages: at the words, which the
/// letter holds encoded, and at the addresses.
struct WatchedMail: MailTransport {
  let transport: any MailTransport
  let watch: LeakWatch

  func send(_ message: MailMessage, tenant: Tenant) async throws {
    if watch.checks.contains(.deliveries) {
      let addresses = [message.address.from.text] + message.address.to.map(\.text) + [message.address.user ?? ""]
      let words = addresses + [message.address.host, message.brand, message.subject, message.text]
      do { try watch.inspect(Array(words.joined(separator: "\n").utf8), at: .delivery, for: tenant.id) } catch {
        throw JobAbandoned("delivery.stopped")
      }
    }
    try await transport.send(message, tenant: tenant)
  }
}
