import BulkheadCore
import HummingbirdCore
import NIOCore

/// The body of one request while it arrives.
struct IncomingBody {
  private var iterator: RequestBody.AsyncIterator?
  private let channel: any Channel
  private let deadlines: BodyDeadlines
  /// The length that the headers announce.
  let length: Int?
  /// Whether all of it has been taken from the connection.
  private(set) var isDone: Bool

  /// A connection is used again after a refused body of which at most this many bytes are left.
  static let reuseBytesMax = 256 * 1024
  /// What is left of a refused body is taken and thrown away up to this many bytes: a peer that still sends when the
  /// connection closes loses the refusal to the reset. Beyond it the connection is closed at once.
  static let lingerBytesMax = 8 * 1024 * 1024

  init(_ body: RequestBody, _ headers: RequestHeaders, channel: any Channel, deadlines: BodyDeadlines) {
    // NIO has refused lengths that are no numbers, and lengths beside a transfer encoding.
    length = headers.isChunked ? nil : headers.contentLength.flatMap { Int($0) } ?? 0
    isDone = length == 0
    iterator = isDone ? nil : body.makeAsyncIterator()
    self.channel = channel
    self.deadlines = deadlines
  }

  var isPresent: Bool { length != 0 }

  /// Whether what is left is known to be small enough for the connection to be used again.
  var isReusable: Bool { isDone || length.map { $0 <= Self.reuseBytesMax } ?? false }

  /// The whole body. Refuses with `body.tooLarge`, `body.timeout` or `body.truncated`.
  mutating func read(_ bound: BodyInput.Bound) async throws(Refusal) -> [UInt8] {
    if isDone { return [] }
    let deadline = deadlines.begin(channel)
    defer { deadlines.end(deadline) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(length ?? 0, bound.bytesMax))
    while let part = try await next() {
      guard part.readableBytes <= bound.bytesMax - bytes.count else { throw bound.refusal }
      bytes.append(contentsOf: part.readableBytesView)
    }
    return bytes
  }

  /// Throws away what is left. False when that did not reach the end within the bounds.
  mutating func drain() async -> Bool {
    if isDone { return true }
    let deadline = deadlines.begin(channel)
    defer { deadlines.end(deadline) }
    var rest = Self.lingerBytesMax
    do throws(Refusal) {
      while let part = try await next() {
        rest -= part.readableBytes
        if rest < 0 { return false }
      }
      return true
    } catch {
      return false
    }
  }

  private mutating func next() async throws(Refusal) -> ByteBuffer? {
    do {
      guard let part = try await iterator?.next() else {
        isDone = true
        return nil
      }
      return part
    } catch is BodyDeadlines.Expired {
      throw Refusal(.bodyTimeout, "The body did not arrive in time.")
    } catch {
      throw Refusal(.bodyTruncated, "The body ended before its end.", diagnostic: String(reflecting: error))
    }
  }
}
