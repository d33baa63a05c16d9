import BulkheadCore
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Where the story's trading partners take what they are sent: an HTTP server on loopback that keeps every body under
/// the path that it was sent to.
final class PartnerMailbox: Sendable {
  struct Letter: Sendable {
    let path: String
    /// By name in small letters.
    let fields: [String: String]
    let text: String
  }

  /// How long a letter may be on its way.
  private static let waitMax = Duration.seconds(60)
  fileprivate static let bytesMax = 1 << 20

  let url: String
  private let channel: any Channel
  private let letters: Letters

  fileprivate final class Letters: Sendable {
    let waiting = Mutex<[Letter]>([])
  }

  private init(_ channel: any Channel, _ letters: Letters) {
    self.channel = channel
    self.letters = letters
    url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
  }

  static func open() async throws -> PartnerMailbox {
    let letters = Letters()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Reception(letters))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return PartnerMailbox(channel, letters)
  }

  func close() async { try? await channel.close() }

  /// Takes out the first letter to `path` that is one of those wanted, when it is there.
  func take(_ path: String, _ what: String, where isWanted: (Letter) -> Bool) async throws -> Letter {
    let deadline = ContinuousClock.now + Self.waitMax
    while ContinuousClock.now < deadline {
      let found = letters.waiting.withLock { waiting in
        waiting.firstIndex { $0.path == path && isWanted($0) }.map { waiting.remove(at: $0) }
      }
      if let found { return found }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Story.Broken(description: "\(what) did not come to \(path)")
  }
}

/// One connection: collects a request's body and answers that it was taken.
private final class Reception: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let letters: PartnerMailbox.Letters
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ letters: PartnerMailbox.Letters) { self.letters = letters }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let part):
      guard body.count + part.readableBytes <= PartnerMailbox.bytesMax else { return context.close(promise: nil) }
      body += part.readableBytesView
    case .end:
      guard let head else { return }
      let fields = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
      let letter = PartnerMailbox.Letter(path: head.uri, fields: fields, text: String(decoding: body, as: UTF8.self))
      letters.waiting.withLock { $0.append(letter) }
      let answer = HTTPResponseHead(
        version: head.version, status: .noContent, headers: ["Connection": head.isKeepAlive ? "keep-alive" : "close"])
      context.write(wrapOutboundOut(.head(answer)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
