import Foundation
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the addresses of a host come from.
protocol HostLookup: Sendable {
  /// The addresses that `host`, a name or an address without brackets, stands for now; none when there is no such host.
  func addresses(of host: String, port: Int) async throws -> [SocketAddress]
}

/// The system's resolver.
struct SystemLookup: HostLookup {
  static let durationMax: TimeAmount = .seconds(10)
  static let addressesMax = 16

  struct TooSlow: Error {}

  /// The resolver blocks, and a tenant chooses whose name server it waits for: each lookup has a thread of its own, so
  /// that none waits behind another's. Jobs under way bound their number.
  func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let found = loop.makePromise(of: [SocketAddress].self)
    let timer = loop.scheduleTask(in: Self.durationMax) { found.fail(TooSlow()) }
    Thread.detachNewThread { found.succeed(Self.resolve(host, port)) }
    defer { timer.cancel() }
    return try await found.futureResult.get()
  }

  private static func resolve(_ host: String, _ port: Int) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_protocol = CInt(IPPROTO_TCP)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next?.pointee, addresses.count < addressesMax {
      next = entry.ai_next
      guard let address = entry.ai_addr else { continue }
      switch entry.ai_family {
      case AF_INET:
        address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
      case AF_INET6:
        address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
      default: break
      }
    }
    return addresses
  }
}
