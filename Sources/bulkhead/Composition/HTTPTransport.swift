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
    request.headers.add(name: "Content-Type", value: "application/edi-x12")
    request.body = .bytes(ByteBuffer(bytes: bytes))
    let response = try await client.execute(request, timeout: Self.deliveryMax)
    _ = try await response.body.collect(upTo: Self.answerBytesMax)
    guard (200..<300).contains(response.status.code) else {
      throw Refusal(
        .deliveryRefused, "The partner did not take the document.",
        diagnostic: "channel \(destination.channel) answered \(response.status.code)")
    }
  }
}

extension RefusalCode {
  static let deliveryRefused = RefusalCode("delivery.refused", .unavailable)
}
