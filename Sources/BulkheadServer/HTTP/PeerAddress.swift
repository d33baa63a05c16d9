#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An IP address as bytes: four or sixteen. An IPv4 address within IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
struct IPAddress: Hashable, Sendable {
  let bytes: [UInt8]

  /// Reads the usual forms, without brackets, port or zone; `nil` for anything else.
  init?(_ text: some StringProtocol) {
    let text = String(text)
    guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: &four) { Array($0) }
      return
    }
    var sixteen = in6_addr()
    guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
    let all = withUnsafeBytes(of: &sixteen) { Array($0) }
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    bytes = all.starts(with: mapped) ? Array(all.suffix(4)) : all
  }

  /// What one peer is counted by: an IPv4 address, or the /64 of an IPv6 one, since a peer has a whole one.
  var countedAs: String {
    if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
    let groups = stride(from: 0, to: 8, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
    return groups.joined(separator: ":") + "::/64"
  }
}

/// Proxies in front of the API whose word about the peer is taken.
///
/// Without one, the peer is whoever opened the connection, and what headers say of it is nobody's word but the peer's.
package struct TrustedProxies: Sendable {
  /// The header that the proxies write. Only one is read: a proxy adds to the one that it knows and passes on the
  /// other as the peer sent it.
  package enum Header: String, Sendable, CaseIterable {
    case xForwardedFor = "x-forwarded-for"
    /// RFC 7239.
    case forwarded
  }

  /// Hops read, from the nearest.
  static let hopsMax = 32

  private struct Range: Hashable {
    let prefix: [UInt8]
    let bits: Int

    func contains(_ address: IPAddress) -> Bool {
      guard address.bytes.count == prefix.count else { return false }
      let whole = bits / 8
      guard address.bytes.prefix(whole) == prefix.prefix(whole) else { return false }
      let rest = bits % 8
      return rest == 0 || (address.bytes[whole] ^ prefix[whole]) >> UInt8(8 - rest) == 0
    }
  }

  let header: Header
  private let ranges: [Range]

  /// No proxy is trusted.
  package static let none = TrustedProxies(header: .xForwardedFor, ranges: [])

  private init(header: Header, ranges: [Range]) {
    self.header = header
    self.ranges = ranges
  }

  /// - Parameter ranges: `10.0.0.0/8`, `2001:db8::/32`, or single addresses; `nil` when one cannot be read.
  package init?(_ ranges: [String], header: Header = .xForwardedFor) {
    self.header = header
    var read: [Range] = []
    for text in ranges {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
      let width = address.bytes.count * 8
      guard parts.count == 1 || parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let bits = parts.count == 1 ? width : Int(parts[1]), (0...width).contains(bits)
      else { return nil }
      read.append(Range(prefix: address.bytes, bits: bits))
    }
    self.ranges = read
  }

  /// The peer, as it is counted for limits.
  ///
  /// Headers are read from their end, which the nearest proxy wrote: each trusted hop vouches for the one before it,
  /// and the first that is not trusted is the peer. What stands before that one is the peer's own word and is not read.
  ///
  /// - Parameters:
  ///   - remote: who opened the connection.
  ///   - fields: the values of the trusted header, in the order in which they came.
  func peer(remote: String?, fields: [String]) -> String {
    guard let remote else { return "unknown" }
    // A zone names an interface of ours and says nothing about the peer.
    guard let address = IPAddress(remote.prefix { $0 != "%" }) else { return remote }
    var peer = address
    guard !ranges.isEmpty, isTrusted(peer) else { return peer.countedAs }
    let hops = fields.joined(separator: ",").split(separator: ",", omittingEmptySubsequences: false)
    for hop in hops.reversed().prefix(Self.hopsMax) {
      guard let next = node(ofHop: hop) else { break }
      peer = next
      guard isTrusted(peer) else { break }
    }
    return peer.countedAs
  }

  private func isTrusted(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

  /// The address in one element of the header; `nil` for what is none (`unknown`, `_hidden`), and then nobody vouches
  /// for what stands before it either.
  private func node(ofHop hop: Substring) -> IPAddress? {
    var text = Self.trimmed(hop)
    if header == .forwarded {
      let element = text.split(separator: ";").map(Self.trimmed).first { $0.lowercased().hasPrefix("for=") }
      guard let element else { return nil }
      text = element.dropFirst(4)
      if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
    }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      return IPAddress(text[text.index(after: text.startIndex)..<end])
    }
    // One colon is IPv4 with a port; more are IPv6.
    if text.count(where: { $0 == ":" }) == 1 { text = text.prefix { $0 != ":" } }
    return IPAddress(text)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text = text.dropLast() }
    return text
  }
}
