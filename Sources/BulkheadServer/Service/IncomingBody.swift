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

  /// What is left of a refused body is taken and thrown away up to this many bytes, so that the peer can read the
  /// refusal and the connection can be used again; beyond it the connection is closed.
  static let drainBytesMax = 256 * 1024

  init(_ body: RequestBody, _ headers: RequestHeaders, channel: any Channel, deadlines: BodyDeadlines) {
    // NIO has refused lengths that are no numbers, and lengths beside a transfer encoding.
    length = headers.isChunked ? nil : headers.contentLength.flatMap { Int($0) } ?? 0
    isDone = length == 0
    iterator = isDone ? nil : body.makeAsyncIterator()
    self.channel = channel
    self.deadlines = deadlines
  }

  var isPresent: Bool { length != 0 }

  /// Whether what is left is known to be small enough to be drained.
  var isDrainable: Bool { isDone || length.map { $0 <= Self.drainBytesMax } ?? false }

  /// The whole body. Refuses with `body.tooLarge`, `body.timeout` or `body.truncated`.
  mutating func read(bytesMax: Int) async throws(Refusal) -> [UInt8] {
    if isDone { return [] }
    let deadline = deadlines.begin(channel)
    defer { deadlines.end(deadline) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(length ?? 0, bytesMax))
    while let part = try await next() {
      guard part.readableBytes <= bytesMax - bytes.count else { throw BodyInput.tooLarge(bytesMax) }
      bytes.append(contentsOf: part.readableBytesView)
    }
    return bytes
  }

  /// Throws away what is left. False when that did not reach the end within the bounds.
  mutating func drain() async -> Bool {
    if isDone { return true }
    let deadline = deadlines.begin(channel)
    defer { deadlines.end(deadline) }
    var rest = Self.drainBytesMax
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
