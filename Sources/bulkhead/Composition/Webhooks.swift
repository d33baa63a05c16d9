import AsyncHTTPClient
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadWork
import Crypto
import Distribution
import Foundation
import NIOCore

/// The signature of a webhook, in the layout of standard-webhooks.com: HMAC-SHA256 over id, time and body.
enum WebhookSignature {
  /// `v1,` and the base64 of the code over `id.timestamp.body`.
  static func sign(id: String, timestamp: Int64, body: [UInt8], secret: [UInt8]) -> String {
    let signed = Array("\(id).\(timestamp).".utf8) + body
    let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret))
    return "v1," + Data(code).base64EncodedString()
  }
}

extension HTTPTransport: WebhookTransport {
  /// The bounds of a document's delivery hold for a message too.
  func post(_ message: WebhookMessage, tenant: Tenant) async throws {
    guard egress.allows(message.url) else { throw JobAbandoned("delivery.hostNotAllowed") }
    let timestamp = clock.now().seconds
    var request = HTTPClientRequest(url: message.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "webhook-id", value: message.id)
    request.headers.add(name: "webhook-timestamp", value: String(timestamp))
    request.headers.add(
      name: "webhook-signature",
      value: WebhookSignature.sign(
        id: message.id, timestamp: timestamp, body: message.body, secret: message.secret))
    request.body = .bytes(ByteBuffer(bytes: message.body))
    let response = try await client.execute(request, timeout: Self.deliveryMax)
    _ = try? await response.body.collect(upTo: Self.answerBytesMax)
    try Self.judge(
      Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"), now: clock.now())
  }
}

/// Looks at every message before it goes to an endpoint, as `WatchedTransport` does at documents.
struct WatchedWebhooks: WebhookTransport {
  let transport: any WebhookTransport
  let watch: LeakWatch

  func post(_ message: WebhookMessage, tenant: Tenant) async throws {
    if watch.checks.contains(.deliveries) {
      do { try watch.inspect(message.body, at: .delivery, for: tenant.id) } catch {
        throw JobAbandoned("delivery.stopped")
      }
    }
    try await transport.post(message, tenant: tenant)
  }
}

/// Secrets of tenants under each tenant's own key.
struct TenantVault: SecretVault {
  private let sealer: SecretSealer

  init(master: MasterKey, clock: any WallClock) { sealer = SecretSealer(master: master, clock: clock) }

  func seal(_ secret: [UInt8], purpose: String, tenant: TenantID) throws -> [UInt8] {
    try sealer.seal(secret, tenant: tenant, purpose: purpose)
  }

  func open(_ sealed: [UInt8], purpose: String, tenant: TenantID) throws -> [UInt8] {
    try sealer.open(sealed, tenant: tenant, purpose: purpose).withValue { $0 }
  }
}
