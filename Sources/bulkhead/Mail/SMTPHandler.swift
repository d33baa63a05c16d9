import Distribution
import NIOCore
import NIOSSL

/// Carries one dialogue over one connection. Each step has a deadline, and all of them together; what arrives is read
/// as replies of bounded size; whatever goes wrong ends the connection and fails `done` with a `MailFailure`.
final class SMTPHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How long a server may take. Less than RFC 5321 (section 4.5.3.2) would give it: others wait for the worker.
  struct Bounds: Sendable {
    var step: TimeAmount = .seconds(15)
    /// Of the message itself, which servers look through before they answer.
    var message: TimeAmount = .seconds(30)
    var whole: TimeAmount = .seconds(60)
    var farewell: TimeAmount = .seconds(2)
  }

  private var dialogue: SMTPDialogue
  private var reader = SMTPReplyReader()
  private let bounds: Bounds
  private let beginTLS: () throws -> NIOSSLClientHandler
  private let done: EventLoopPromise<Void>
  private var isDone = false
  private var stepTimer: Scheduled<Void>?
  private var wholeTimer: Scheduled<Void>?

  init(
    _ dialogue: SMTPDialogue, bounds: Bounds, done: EventLoopPromise<Void>,
    beginTLS: @escaping () throws -> NIOSSLClientHandler
  ) {
    self.dialogue = dialogue
    self.bounds = bounds
    self.done = done
    self.beginTLS = beginTLS
  }

  func channelActive(context: ChannelHandlerContext) {
    wholeTimer = schedule(bounds.whole, context)
    stepTimer = schedule(bounds.step, context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isDone else { return context.close(promise: nil) }
    var bytes = unwrapInboundIn(data)
    do {
      while let reply = try reader.next(&bytes) {
        let act = dialogue.hear(reply)
        if case .end = act { return perform(act, context) }
        // The server answers what it has not been asked yet. After STARTTLS these would be bytes of whoever is on the
        // wire, taken for what comes under TLS.
        guard bytes.readableBytes == 0 else { throw MailFailure.broken }
        perform(act, context)
      }
    } catch {
      fail(.broken, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { fail(.broken, context) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(Self.failure(error), context)
  }

  private static func failure(_ error: any Error) -> MailFailure {
    if let failure = error as? MailFailure { return failure }
    // A connection that ends without TLS's own goodbye was TLS until then.
    if let error = error as? NIOSSLError, case .uncleanShutdown = error { return .broken }
    return error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError ? .untrusted : .broken
  }

  func handlerRemoved(context: ChannelHandlerContext) { settle(.failed(.broken)) }

  private func perform(_ act: SMTPDialogue.Act, _ context: ChannelHandlerContext) {
    switch act {
    case .say(let bytes):
      say(bytes, context)
    case .startTLS:
      do {
        try context.pipeline.syncOperations.addHandler(try beginTLS(), position: .first)
        perform(dialogue.secured(), context)
      } catch {
        fail(.untrusted, context)
      }
    case .end(let ending):
      settle(ending)
      // The answer is known; the goodbye is for the server.
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "QUIT\r\n")), promise: nil)
      let channel = context.channel
      context.eventLoop.assumeIsolated().scheduleTask(in: bounds.farewell) { channel.close(promise: nil) }
    }
  }

  private func say(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
    stepTimer?.cancel()
    stepTimer = schedule(dialogue.step == .message ? bounds.message : bounds.step, context)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
  }

  private func schedule(_ delay: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
      self?.settle(.failed(.broken))
      channel.close(promise: nil)
    }
  }

  private func fail(_ failure: MailFailure, _ context: ChannelHandlerContext) {
    settle(.failed(failure))
    context.close(promise: nil)
  }

  /// Once: what comes later changes nothing.
  private func settle(_ ending: SMTPDialogue.Ending) {
    guard !isDone else { return }
    isDone = true
    stepTimer?.cancel()
    wholeTimer?.cancel()
    switch ending {
    case .taken: done.succeed()
    case .failed(let failure): done.fail(failure)
    }
  }
}
