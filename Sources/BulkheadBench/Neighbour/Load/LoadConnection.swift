import Foundation
import Glibc

/// One keep-alive connection of the load generator, with at most one request under way. A generator that shares the
/// machine with what it measures must cost little, so this is a socket and a buffer.
struct LoadConnection {
  enum Arrival {
    case unfinished
    case answer(status: Int, retryAfter: Int)
    case closed
  }

  let descriptor: Int32
  private var received: [UInt8] = []

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw BenchFailure("no socket: \(String(cString: strerror(errno)))") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(descriptor)
      throw BenchFailure("no connection: \(String(cString: strerror(errno)))")
    }
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  /// Requests are short: a socket that has nothing under way takes them whole.
  func send(_ request: [UInt8]) -> Bool {
    Glibc.send(descriptor, request, request.count, 0) == request.count
  }

  /// Reads what has come.
  mutating func receive() -> Arrival {
    let count = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { bytes in
      let count = recv(descriptor, bytes.baseAddress, 4096, 0)
      if count > 0 { received.append(contentsOf: bytes.prefix(count)) }
      return count
    }
    if count == 0 || count < 0 && errno != EAGAIN { return .closed }
    return parse()
  }

  /// RFC 9112, as far as this server uses it: a status line, fields, a body of the length that they say.
  private mutating func parse() -> Arrival {
    var fieldsEnd = -1
    var index = 3
    while index < received.count {
      if received[index] == 10, received[index - 2] == 10 {
        fieldsEnd = index + 1
        break
      }
      index += 1
    }
    guard fieldsEnd > 0 else { return .unfinished }
    let head = String(decoding: received[..<fieldsEnd], as: UTF8.self)
    var length = 0
    var retryAfter = 0
    for line in head.split(separator: "\r\n").dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = Int(line[line.index(after: colon)...].drop { $0 == " " }) ?? 0
      switch line[..<colon].lowercased() {
      case "content-length": length = value
      case "retry-after": retryAfter = value
      default: break
      }
    }
    guard received.count >= fieldsEnd + length else { return .unfinished }
    received.removeAll(keepingCapacity: true)
    let status = head.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
    return .answer(status: status, retryAfter: retryAfter)
  }
}

/// Waits on many sockets with the precision that an open loop needs. `ppoll(2)` is hidden from Swift by the C library's
/// feature macros, so it is looked up by name.
struct SocketWatch {
  private typealias Wait =
    @convention(c) (UnsafeMutablePointer<pollfd>?, nfds_t, UnsafePointer<timespec>?, UnsafeRawPointer?) -> Int32

  private let wait: Wait
  private(set) var sockets: [pollfd] = []

  init() throws {
    guard let found = dlsym(nil, "ppoll") else { throw BenchFailure("no ppoll") }
    // The type is that of the manual page, with the signal mask as a pointer to nothing.
    wait = unsafeBitCast(found, to: Wait.self)
  }

  mutating func add(_ descriptor: Int32) { sockets.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }

  mutating func replace(at index: Int, with descriptor: Int32) { sockets[index].fd = descriptor }

  /// Positions of the sockets that have something to be read, after at most so many nanoseconds.
  mutating func ready(within nanoseconds: Int64) -> [Int] {
    let patience = max(0, nanoseconds)
    var time = timespec(tv_sec: Int(patience / LoadClock.second), tv_nsec: Int(patience % LoadClock.second))
    guard wait(&sockets, nfds_t(sockets.count), &time, nil) > 0 else { return [] }
    return sockets.indices.filter { sockets[$0].revents != 0 }
  }
}
