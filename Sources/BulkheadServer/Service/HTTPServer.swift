import BulkheadCore
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Where and within which bounds a server listens.
package struct HTTPServerOptions: Sendable {
  package var host = "127.0.0.1"
  /// 0 has the system choose; `onBound` tells which.
  package var port = 8080
  /// Connections open at once; further ones wait in the backlog.
  package var connectionsMax = 4096
  /// Connections that wait to be accepted.
  package var backlog = 512
  /// Bytes of one header field, and of all of them.
  package var headerBytesMax = 16 * 1024
  package var headerFieldsMax = 100
  /// A connection on which nothing is asked for this long is closed; so is one whose request head does not arrive.
  package var idleTimeout: Duration = .seconds(60)
  /// How long requests under way may go on after shutdown has begun; then they are cancelled.
  package var shutdownGrace: Duration = .seconds(20)

  package init() {}
}

/// The API over HTTP/1.1 on Hummingbird's server.
///
/// Hummingbird's channel, connection bounds and quiescing are used; its router, middleware and request contexts are
/// not, since the route table already is a router and each layer costs microseconds.
package struct HTTPServer: Service {
  private let api: API
  private let options: HTTPServerOptions
  private let logger: Logger
  private let group: any EventLoopGroup
  private let onBound: @Sendable (Int) -> Void

  /// - Parameter onBound: called once with the port, when connections are being accepted.
  package init(
    _ api: API, options: HTTPServerOptions = HTTPServerOptions(), logger: Logger,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    onBound: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.api = api
    self.options = options
    self.logger = logger
    self.group = group
    self.onBound = onBound
  }

  /// Serves until shutdown begins: then accepts no more, lets requests under way finish within the grace, closes.
  package func run() async throws {
    let server = try makeServer()
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await server.run() }
      tasks.addTask { try await endGrace() }
      tasks.addTask { try await sweepBodies() }
      defer { tasks.cancelAll() }
      // The first to end is the server, or the grace; the sweeper goes on until it is cancelled.
      try await tasks.next()
    }
  }

  /// Returns when shutdown has begun and the grace has passed.
  private func endGrace() async throws {
    try await gracefulShutdown()
    api.readiness.beginShutdown()
    try await Task.sleep(for: options.shutdownGrace)
    logger.warning("requests are still under way after the grace; they are cancelled")
  }

  private func sweepBodies() async throws {
    while true {
      try await Task.sleep(for: api.deadlines.sweepInterval)
      api.deadlines.sweep()
    }
  }

  private func makeServer() throws -> any Service {
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: options.headerBytesMax, maxHeaderListSize: options.headerBytesMax,
      maxHeaderFieldCount: options.headerFieldsMax)
    let builder = HTTPServerBuilder.http1(
      configuration: HTTP1Channel.Configuration(
        idleTimeout: TimeAmount(options.idleTimeout), httpDecoderConfiguration: decoder))
    return try builder.buildServer(
      configuration: ServerConfiguration(
        address: .hostname(options.host, port: options.port), backlog: options.backlog,
        availableConnectionsDelegate: MaximumAvailableConnections(options.connectionsMax, logger: logger)),
      eventLoopGroup: group, logger: logger,
      responder: { [api] request, writer, channel in try await api.respond(request, writer, channel) },
      onServerRunning: { [onBound, options] channel in onBound(channel.localAddress?.port ?? options.port) })
  }
}
