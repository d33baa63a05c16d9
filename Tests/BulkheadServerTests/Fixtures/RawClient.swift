import NIOCore
import NIOPosix

/// One answer as it came over the wire.
struct RawResponse: Sendable {
  let status: Int
  /// Names in lower case, in the order received.
  let fields: [(name: String, value: String)]
  let body: [UInt8]

  func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
  func fields(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
  var text: String { String(decoding: body, as: UTF8.self) }
}

/// A connection that sends exactly the bytes it is told to, so that broken HTTP can be sent too.
final class RawConnection {
  private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var buffered: [UInt8] = []

  private init(
    _ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  ) {
    self.iterator = iterator
    self.outbound = outbound
  }

  static func open<Result: Sendable>(
    _ port: Int, _ body: @Sendable (RawConnection) async throws -> Result
  ) async throws -> Result {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await body(RawConnection(inbound.makeAsyncIterator(), outbound))
    }
  }

  func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
  func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

  /// Reads one answer; `nil` when the peer closed instead.
  func receive(hasBody: Bool = true) async throws -> RawResponse? {
    guard let head = try await head() else { return nil }
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
    let fields = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
    let length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
    var body: [UInt8] = []
    if hasBody, status != 304, status >= 200 {
      while buffered.count < length, try await more() {}
      body = Array(buffered.prefix(length))
      buffered.removeFirst(min(length, buffered.count))
    }
    return RawResponse(status: status, fields: fields, body: body)
  }

  /// Whether the peer has closed without sending anything more.
  func isClosed() async throws -> Bool { buffered.isEmpty ? try await !more() : false }

  private func head() async throws -> String? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let start = buffered.indices.first(where: { buffered[$0...].starts(with: end) }) {
        let text = String(decoding: buffered[..<start], as: UTF8.self)
        buffered.removeFirst(start + 4)
        return text
      }
      guard try await more() else { return nil }
    }
  }

  private func more() async throws -> Bool {
    do {
      guard let part = try await iterator.next() else { return false }
      buffered += part.readableBytesView
      return true
    } catch let error as IOError where error.errnoCode == 104 {
      return false  // ECONNRESET: closed, rudely
    }
  }
}
