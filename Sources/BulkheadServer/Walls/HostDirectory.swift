/// Which tenant the host of a request claims to belong to.
package protocol HostDirectory: Sendable {
  /// The slug or id of a tenant that `host` names, or `nil` when this host belongs to no tenant in particular.
  /// `host` is in lower case and without a port. What is returned need not exist.
  func tenantName(ofHost host: String) -> String?
}

/// `acme.api.example.com` names the tenant `acme` when the suffix is `api.example.com`.
package struct SubdomainHosts: HostDirectory {
  private let suffix: String

  /// - Parameter suffix: the platform's own host name, without a leading dot.
  package init(suffix: String) { self.suffix = "." + suffix.lowercased() }

  package func tenantName(ofHost host: String) -> String? {
    guard host.hasSuffix(suffix) else { return nil }
    return String(host.dropLast(suffix.count))
  }
}

/// The host of an authority (RFC 3986 section 3.2) in lower case, without its port.
func hostName(ofAuthority authority: String) -> String {
  if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return authority[...end].lowercased() }
  return authority.prefix { $0 != ":" }.lowercased()
}
