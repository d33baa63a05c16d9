import Foundation

/// Which addresses documents may be delivered to. Tenants choose the addresses of their partners, and the server stands
/// where tenants do not: without this rule a channel would be a way into its network.
///
/// Only `http` and `https`. Link-local addresses, the metadata services of clouds, multicast and reserved addresses are
/// refused always; loopback, private addresses and names of the inside network unless `allowsInside`.
///
/// What is judged is the address as it is written. For HTTP, a public name that resolves to a private address passes
/// (DNS rebinding is the case of it that an attacker arranges); a network in which that matters needs an egress proxy
/// or a firewall besides. For mail, what the name resolves to is judged too, and that address is the one connected to.
struct EgressRule: Sendable {
  /// Set to `1`, lets a server that is no development server deliver to private addresses, for partners in its network.
  static let variable = "BULKHEAD_ALLOW_PRIVATE_DELIVERY"

  let allowsInside: Bool

  init(allowsInside: Bool) { self.allowsInside = allowsInside }

  /// A server that listens on loopback only is somebody's own: what it can reach, they can reach.
  ///
  /// - Parameter host: where the API listens; `nil` for a worker alone.
  init(listeningOn host: String?, environment: [String: String]) {
    let isDevelopment = host.map { $0.lowercased() == "localhost" || LiteralAddress($0)?.isLoopback == true } ?? false
    allowsInside = isDevelopment || environment[Self.variable] == "1"
  }

  func allows(_ text: String) -> Bool {
    guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      url.user == nil, url.password == nil, let host = url.host
    else { return false }
    return allows(host: host)
  }

  /// Judges a host by how it is written.
  func allows(host: String) -> Bool { allows(Self.reach(ofHost: host)) }

  /// Judges what a name led to.
  func allows(_ address: LiteralAddress) -> Bool { allows(address.reach) }

  private func allows(_ reach: Reach) -> Bool {
    switch reach {
    case .outside: true
    case .inside: allowsInside
    case .never: false
    }
  }

  /// Where a host is, as far as it can be told from how it is written.
  enum Reach: Hashable, Sendable {
    case outside, inside, never
  }

  /// Suffixes of names that are never public (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`).
  private static let insideSuffixes = [".localhost", ".local", ".internal", ".home.arpa", ".lan"]

  static func reach(ofHost text: String) -> Reach {
    var host = text.lowercased()[...]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    // A name may end with the dot of the root.
    if host.hasSuffix(".") { host = host.dropLast() }
    if let address = LiteralAddress(String(host)) { return address.reach }
    // Anything else that is not plainly a name (zones, escapes, digits of other scripts) may be read differently below.
    let isName = host.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    guard isName, let last = host.split(separator: ".").last, last.contains(where: { !$0.isNumber }) else {
      return .never
    }
    if host == "metadata.google.internal" { return .never }
    // A name without a dot is looked up in the network's own domain.
    return !host.contains(".") || insideSuffixes.contains(where: host.hasSuffix) ? .inside : .outside
  }
}
