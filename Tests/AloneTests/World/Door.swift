import BulkheadCore
import BulkheadData
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOEmbedded

@testable import BulkheadServer

/// One request as it goes over the wire.
struct Sent: Sendable {
  var method: String
  var path: String
  var fields: [(name: String, value: String)] = []
  var body: [UInt8] = []

  /// As a line to try it by hand.
  var line: String {
    var line = "curl -s -X \(method) \"$BASE\(path)\""
    for field in fields { line += " -H '\(field.name): \(field.value)'" }
    if !body.isEmpty {
      let text = String(decoding: body.prefix(2000), as: UTF8.self)
      line += " --data-binary '\(text)'" + (body.count > 2000 ? " # and \(body.count - 2000) bytes more" : "")
    }
    return line
  }
}

/// One answer, everything that the caller gets.
struct Seen: Sendable {
  var status: Int
  var fields: [(name: String, value: String)] = []
  var body: [UInt8] = []

  var isSuccess: Bool { (200..<300).contains(status) }
  var json: JSON? { try? JSONParser.parse(body) }
  func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// The API without a socket: the same `API.respond` that the HTTP server calls, with the same request and writer types.
/// What is left out is Hummingbird's framing, which knows no tenants.
final class Door: Sendable {
  private let api: API
  private let channel: NIOAsyncTestingChannel

  /// `peer` is the caller's address, by which logins are limited.
  init(_ api: API, peer: String) throws {
    self.api = api
    channel = NIOAsyncTestingChannel()
    channel.remoteAddress = try SocketAddress(ipAddress: peer, port: 40_000)
  }

  func call(_ sent: Sent) async throws -> Seen {
    var fields = HTTPFields()
    for field in sent.fields {
      if let name = HTTPField.Name(field.name) { fields.append(HTTPField(name: name, value: field.value)) }
    }
    if !sent.body.isEmpty { fields.append(HTTPField(name: .contentLength, value: String(sent.body.count))) }
    guard let method = HTTPRequest.Method(rawValue: sent.method) else { return Seen(status: 0) }
    let head = HTTPRequest(
      method: method, scheme: "http", authority: "api.test", path: sent.path, headerFields: fields)
    let request = HummingbirdCore.Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: sent.body)))
    let (writer, sink) = Self.writer(for: { ResponseWriter(outbound: $0) })
    var isClosed = false
    do { try await api.respond(request, ResponseWriter(outbound: writer), channel) } catch { isClosed = true }
    writer.finish()
    var seen = Seen(status: 0)
    for await part in sink {
      switch part {
      case .head(let head) where head.status.code >= 200:
        seen.status = head.status.code
        seen.fields = head.headerFields.map { ($0.name.canonicalName, $0.value) }
      case .head, .end: break
      case .body(let bytes): seen.body += bytes.readableBytesView
      }
    }
    if isClosed { seen.fields.append(("(connection)", "closed")) }
    return seen
  }

  /// Says which part type a response writer takes without importing the module that defines it.
  private static func writer<Part: Sendable>(
    for _: (NIOAsyncChannelOutboundWriter<Part>) -> ResponseWriter
  ) -> (NIOAsyncChannelOutboundWriter<Part>, NIOAsyncChannelOutboundWriter<Part>.TestSink) {
    NIOAsyncChannelOutboundWriter<Part>.makeTestingWriter()
  }
}
