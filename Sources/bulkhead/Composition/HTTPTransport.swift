import AsyncHTTPClient
import BulkheadCore
import BulkheadData
import BulkheadWork
import Distribution
import NIOCore

/// Delivers EDI documents by HTTP POST to the URL of a partner's channel.
///
/// Only addresses that the egress rule allows are spoken to, redirects are not followed, answers are read up to a
/// bound, and a delivery has a deadline: a partner that hangs costs one job and no more.
struct HTTPTransport: EDITransport {
  static let deliveryMax: TimeAmount = .seconds(20)
  static let answerBytesMax = 64 * 1024

  let client: HTTPClient
  let egress: EgressRule
  var clock: any WallClock = SystemClock()

  static func makeClient() -> HTTPClient {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(5)
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  func deliver(_ bytes: [UInt8], to destination: EDIDestination, tenant: Tenant) async throws {
    guard egress.allows(destination.url) else { throw JobAbandoned("delivery.hostNotAllowed") }
    var request = HTTPClientRequest(url: destination.url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: destination.contentType)
    request.body = .bytes(ByteBuffer(bytes: bytes))
    let response = try await client.execute(request, timeout: Self.deliveryMax)
    // What it says beside the status changes nothing, nor does an answer that breaks off.
    _ = try? await response.body.collect(upTo: Self.answerBytesMax)
    try Self.judge(
      Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"), now: clock.now())
  }

  /// Takes a success, and tells a refusal from an outage (RFC 9110, section 15; RFC 8470 and RFC 6585 for 425 and 429).
  /// Redirects are not followed, so they count as refusals: the channel's address is wrong.
  static func judge(_ status: Int, retryAfter: String?, now: Instant) throws(EDIDeliveryFailure) {
    switch status {
    case 200..<300: return
    case 408, 425, 429, 500...: throw .unavailable(status: status, retryAfter: retryAfter.flatMap { delay($0, now) })
    default: throw .refused(status: status)
    }
  }

  /// `Retry-After` in either of its forms (RFC 9110, section 10.2.3); `nil` when it is neither.
  private static func delay(_ text: String, _ now: Instant) -> Duration? {
    if let seconds = UInt32(text) { return .seconds(Int64(seconds)) }
    guard let date = HTTPDate.read(text) else { return nil }
    return max(.zero, date - now)
  }
}
