import ArgumentParser
import BulkheadCore
import BulkheadServer
import Foundation

/// Which PostgreSQL to use. Shared by every command.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .customLong("database-url"),
    help: ArgumentHelp(
      "PostgreSQL URL of an administrator.",
      discussion: "Default: BULKHEAD_DATABASE_URL, else the PG* variables, else a private PostgreSQL."))
  var databaseURL: String?

  @Option(
    name: .customLong("dedicated-url"),
    help: "A second cluster for tenants of tier dedicated. Default: BULKHEAD_DEDICATED_URL, else the first cluster.")
  var dedicatedURL: String?

  @Option(
    name: .customLong("data"),
    help: "Folder of the private PostgreSQL and of the master key. Default: BULKHEAD_DATA, else .bulkhead.")
  var dataFolder: String?

  @Flag(
    name: .customLong("allow-unpatched-postgres"),
    help: "Run on a server with known holes in row security. Do not.")
  var allowsUnpatched = false

  /// The configured server, or `nil` for the private one.
  var conninfo: String? {
    if let databaseURL { return databaseURL }
    let environment = ProcessInfo.processInfo.environment
    if let url = environment["BULKHEAD_DATABASE_URL"], !url.isEmpty { return url }
    let hasPGVariables = ["PGHOST", "PGSERVICE", "PGHOSTADDR"].contains { environment[$0] != nil }
    return hasPGVariables ? "" : nil
  }

  var dedicatedConninfo: String? {
    dedicatedURL ?? ProcessInfo.processInfo.environment["BULKHEAD_DEDICATED_URL"].flatMap { $0.isEmpty ? nil : $0 }
  }

  var folder: URL {
    let chosen = dataFolder ?? ProcessInfo.processInfo.environment["BULKHEAD_DATA"] ?? ".bulkhead"
    return URL(fileURLWithPath: chosen).standardizedFileURL
  }
}

/// Where the API listens.
struct ListenOptions: ParsableArguments {
  @Option(help: "Address to listen on. Default: BULKHEAD_HOST, else 127.0.0.1.")
  var host: String?

  @Option(help: "Port to listen on; 0 takes a free one. Default: BULKHEAD_PORT, else 8080.")
  var port: Int?

  @Option(
    name: .customLong("trusted-proxy"),
    help: ArgumentHelp(
      "Address range of a proxy in front of the API (10.0.0.0/8, 2001:db8::1); may be given more than once.",
      discussion: "Login limits then count the peer that the proxy names instead of the proxy."))
  var trustedProxy: [String] = []

  @Option(
    name: .customLong("proxy-header"),
    help: "Header in which trusted proxies name the peer: x-forwarded-for or forwarded.")
  var proxyHeader = TrustedProxies.Header.xForwardedFor.rawValue

  /// `nil` when a range or the header's name cannot be read.
  var proxies: TrustedProxies? {
    TrustedProxies.Header(rawValue: proxyHeader.lowercased()).flatMap { TrustedProxies(trustedProxy, header: $0) }
  }

  var resolvedHost: String { host ?? ProcessInfo.processInfo.environment["BULKHEAD_HOST"] ?? "127.0.0.1" }

  var resolvedPort: Int {
    port ?? ProcessInfo.processInfo.environment["BULKHEAD_PORT"].flatMap(Int.init) ?? 8080
  }

  func validate() throws {
    guard proxies != nil else {
      throw ValidationError(
        "--trusted-proxy is an address or a range such as 10.0.0.0/8; --proxy-header is x-forwarded-for or forwarded.")
    }
    guard (0...65_535).contains(resolvedPort) else { throw ValidationError("A port is a number from 0 to 65535.") }
  }
}
