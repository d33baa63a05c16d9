#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A host that is written as an address, in any form that the system's resolver takes for one: `127.0.0.1`, but also
/// `2130706433`, `0x7f.1`, `0177.0.0.1` and `::ffff:127.0.0.1`. Read by the C library, so that nothing is an address to
/// one and a name to the other.
struct LiteralAddress: Hashable, Sendable {
  /// Four or sixteen bytes; IPv6 forms that carry an IPv4 address are that address.
  let bytes: [UInt8]

  /// `nil` when `text` is no address.
  init?(_ text: String) {
    var four = in_addr()
    // inet_aton ignores what follows a space.
    if !text.utf8.contains(where: { $0 <= 0x20 }), inet_aton(text, &four) != 0 {
      bytes = withUnsafeBytes(of: &four) { Array($0) }
      return
    }
    var sixteen = in6_addr()
    guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
    bytes = Self.carried(withUnsafeBytes(of: &sixteen) { Array($0) })
  }

  /// The IPv4 address within IPv4-mapped, IPv4-compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056) addresses.
  private static func carried(_ bytes: [UInt8]) -> [UInt8] {
    let zeros = [UInt8](repeating: 0, count: 10)
    if bytes.starts(with: zeros + [0xFF, 0xFF]) { return Array(bytes.suffix(4)) }
    // `::` and `::1` are addresses of their own.
    if bytes.starts(with: zeros + [0, 0]), bytes[12...14].contains(where: { $0 != 0 }) {
      return Array(bytes.suffix(4))
    }
    if bytes.starts(with: [0, 0x64, 0xFF, 0x9B] + zeros.prefix(8)) { return Array(bytes.suffix(4)) }
    if bytes.starts(with: [0x20, 0x02]) { return Array(bytes[2...5]) }
    return bytes
  }

  var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
  }

  var reach: EgressRule.Reach {
    let ranges = bytes.count == 4 ? Self.ranges4 : Self.ranges6
    return ranges.first { $0.contains(bytes) }?.reach ?? .outside
  }

  private struct Range {
    let prefix: [UInt8]
    let bits: Int
    let reach: EgressRule.Reach

    func contains(_ address: [UInt8]) -> Bool {
      let whole = bits / 8
      guard address.prefix(whole) == prefix.prefix(whole) else { return false }
      let rest = bits % 8
      return rest == 0 || (address[whole] ^ prefix[whole]) >> UInt8(8 - rest) == 0
    }
  }

  /// IANA's special-purpose registry, and two metadata services in ranges of other use. The first match counts.
  private static let ranges4: [Range] = [
    Range(prefix: [169, 254], bits: 16, reach: .never),  // link-local, most metadata services
    Range(prefix: [100, 100, 100, 200], bits: 32, reach: .never),  // metadata (Alibaba)
    Range(prefix: [192, 0, 0], bits: 24, reach: .never),  // protocol assignments, metadata (Oracle)
    Range(prefix: [168, 63, 129, 16], bits: 32, reach: .never),  // host services (Azure)
    Range(prefix: [224], bits: 3, reach: .never),  // multicast and reserved
    Range(prefix: [0], bits: 8, reach: .inside),  // this host
    Range(prefix: [127], bits: 8, reach: .inside),
    Range(prefix: [10], bits: 8, reach: .inside),
    Range(prefix: [172, 16], bits: 12, reach: .inside),
    Range(prefix: [192, 168], bits: 16, reach: .inside),
    Range(prefix: [100, 64], bits: 10, reach: .inside),
    Range(prefix: [198, 18], bits: 15, reach: .inside),
  ]

  private static let ranges6: [Range] = [
    Range(prefix: [0xFE, 0x80], bits: 10, reach: .never),  // link-local
    Range(prefix: [0xFF], bits: 8, reach: .never),  // multicast
    Range(prefix: [0xFD, 0, 0x0E, 0xC2], bits: 32, reach: .never),  // metadata (AWS)
    Range(prefix: [UInt8](repeating: 0, count: 15), bits: 120, reach: .inside),  // ::, ::1
    Range(prefix: [0xFC], bits: 7, reach: .inside),  // private
    Range(prefix: [0xFE, 0xC0], bits: 10, reach: .inside),  // site-local, long withdrawn
  ]
}
