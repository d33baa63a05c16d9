import Testing

@testable import bulkhead

@Suite("Where documents may be delivered to")
struct EgressRuleTests {
  private static let loopback = [
    "127.0.0.1", "127.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "0177.1",
    "017700000001",
    "127.0.0.1.", "0.0.0.0", "0", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.", "a.localhost",
  ]
  private static let inside = [
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "167772161", "[fc00::1]",
    "[fd12:3456::1]", "[fec0::1]", "[::ffff:10.0.0.1]", "postgres", "printer.local", "db.internal",
  ]
  private static let forbidden = [
    "169.254.169.254", "169.254.0.1", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[fe80::1]", "[febf::1]", "[fe80::1%25eth0]",
    "[fd00:ec2::254]", "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "[ff02::1]",
    "metadata.google.internal", "metadata.google.internal.", "1.2.3.999", "127.0.0.1%00.example.com",
  ]
  private static let outside = [
    "example.com", "edi.example.com.", "93.184.215.14", "172.32.0.1", "172.15.255.255", "100.128.0.1", "169.253.1.1",
    "11.0.0.1", "[2606:4700::1111]", "[fe00::1]", "127.example.com", "10.0.0.1.example.com", "localhost.example.com",
  ]

  @Test("loopback, in whatever form it is written, is for development only", arguments: loopback + inside)
  func closed(host: String) {
    for url in ["http://\(host)/edi", "https://\(host):8443/edi"] {
      #expect(!EgressRule(allowsInside: false).allows(url))
      #expect(EgressRule(allowsInside: true).allows(url))
    }
  }

  @Test("link-local, metadata and multicast addresses are refused always", arguments: forbidden)
  func refused(host: String) {
    for allowsInside in [false, true] {
      #expect(!EgressRule(allowsInside: allowsInside).allows("http://\(host)/edi"))
    }
  }

  @Test("public addresses and names are allowed", arguments: outside)
  func open(host: String) {
    for allowsInside in [false, true] {
      #expect(EgressRule(allowsInside: allowsInside).allows("https://\(host)/edi?x=1"))
    }
  }

  @Test(
    "only http and https, and no credentials in the address",
    arguments: [
      "ftp://example.com/", "file:///etc/passwd", "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fx.sock/",
      "https+unix://%2Fx/", "http://user:secret@example.com/", "http://user@example.com/", "http://", "http:///x",
      "example.com", "//example.com", "", "javascript:alert(1)", "gopher://example.com",
    ])
  func schemes(url: String) {
    #expect(!EgressRule(allowsInside: true).allows(url))
  }

  @Test("a server is in development when it listens on loopback, or when its operator says so")
  func development() {
    for host in ["127.0.0.1", "::1", "localhost", "127.0.0.5"] {
      #expect(EgressRule(listeningOn: host, environment: [:]).allowsInside)
    }
    for host in [nil, "0.0.0.0", "::", "10.0.0.4", "bulkhead.example.com"] {
      #expect(!EgressRule(listeningOn: host, environment: [:]).allowsInside)
      #expect(!EgressRule(listeningOn: host, environment: [EgressRule.variable: "0"]).allowsInside)
      #expect(EgressRule(listeningOn: host, environment: [EgressRule.variable: "1"]).allowsInside)
    }
  }
}
