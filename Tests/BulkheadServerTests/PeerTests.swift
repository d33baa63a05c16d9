import Testing

@testable import BulkheadServer

@Suite("Who the peer is")
struct PeerTests {
  private func peer(
    _ remote: String?, _ fields: [String], trusting ranges: [String] = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"],
    _ header: TrustedProxies.Header = .xForwardedFor
  ) throws -> String {
    try #require(TrustedProxies(ranges, header: header)).peer(remote: remote, fields: fields)
  }

  @Test("without a trusted proxy no header changes the peer")
  func untrusted() throws {
    #expect(try peer("203.0.113.9", ["198.51.100.1"], trusting: []) == "203.0.113.9")
    #expect(try peer("203.0.113.9", ["10.0.0.1, 198.51.100.1"]) == "203.0.113.9")
    #expect(TrustedProxies.none.peer(remote: "203.0.113.9", fields: ["198.51.100.1"]) == "203.0.113.9")
    #expect(try peer(nil, ["198.51.100.1"]) == "unknown")
  }

  @Test("a trusted proxy names the peer, and what the peer wrote itself stands before it and is not read")
  func spoofing() throws {
    #expect(try peer("10.1.2.3", ["198.51.100.1"]) == "198.51.100.1")
    #expect(try peer("10.1.2.3", ["1.2.3.4, 5.6.7.8, 198.51.100.1"]) == "198.51.100.1")
    #expect(try peer("10.1.2.3", ["1.2.3.4", "198.51.100.1"]) == "198.51.100.1")
    // The peer claims to be a proxy of ours.
    #expect(try peer("10.1.2.3", ["1.2.3.4, 10.9.9.9, 198.51.100.1"]) == "198.51.100.1")
    // Two proxies of ours in a row.
    #expect(try peer("10.1.2.3", ["1.2.3.4, 198.51.100.1, 192.0.2.7"]) == "198.51.100.1")
    // Nothing vouches for what stands before an element that is no address.
    #expect(try peer("10.1.2.3", ["198.51.100.1, unknown"]) == "10.1.2.3")
    #expect(try peer("10.1.2.3", ["198.51.100.1, "]) == "10.1.2.3")
    #expect(try peer("10.1.2.3", []) == "10.1.2.3")
    #expect(try peer("10.1.2.3", [String(repeating: "10.0.0.1,", count: 5000) + "10.0.0.2"]) == "10.0.0.1")
    #expect(try peer("::ffff:10.1.2.3", ["198.51.100.1:4711"]) == "198.51.100.1")
  }

  @Test("IPv6 peers are counted by their /64")
  func prefixes() throws {
    let one = try peer("2001:db8:1:2:3:4:5:6", [])
    #expect(one == "2001:db8:1:2::/64")
    #expect(try peer("2001:db8:1:2:ffff::1", []) == one)
    #expect(try peer("2001:db8:1:3::1", []) != one)
    #expect(try peer("fd00::1", ["[2001:db8:1:2::9]:443"]) == one)
    #expect(try peer("fd00::1", ["2001:db8:1:2::9"]) == one)
    #expect(try peer("fe80::1%eth0", []) == "fe80:0:0:0::/64")
  }

  @Test("Forwarded is read in RFC 7239's form and only when it is the proxies' header")
  func forwarded() throws {
    #expect(try peer("10.1.2.3", ["for=198.51.100.1;proto=https"], .forwarded) == "198.51.100.1")
    #expect(
      try peer("10.1.2.3", [#"for=1.2.3.4, by=10.0.0.1;For="[2001:db8:1:2::9]:80""#], .forwarded)
        == "2001:db8:1:2::/64")
    #expect(try peer("10.1.2.3", ["for=_hidden"], .forwarded) == "10.1.2.3")
    #expect(try peer("10.1.2.3", ["by=1.2.3.4"], .forwarded) == "10.1.2.3")
    #expect(try peer("10.1.2.3", ["for=198.51.100.1"]) == "10.1.2.3")
  }

  @Test("ranges are read strictly")
  func ranges() {
    for good in ["10.0.0.0/8", "10.0.0.1", "0.0.0.0/0", "2001:db8::/32", "::1", "10.0.0.0/32"] {
      #expect(TrustedProxies([good]) != nil, "\(good)")
    }
    for bad in [
      "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "proxy.example", "::/129", "1.2.3.4/8/8", "/8",
    ] {
      #expect(TrustedProxies([bad]) == nil, "\(bad)")
    }
  }
}
