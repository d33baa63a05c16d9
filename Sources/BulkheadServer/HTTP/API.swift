import BulkheadCore
import BulkheadData
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// The HTTP API: one pass down from bytes to handler, one pass up from answer to bytes.
package final class API: Sendable {
  /// All routes served, the server's own among them.
  package let table: RouteTable
  package let metrics: Metrics
  package let readiness: Readiness
  let deadlines: BodyDeadlines
  private let router: Router
  private let entrance: TenantEntrance
  private let call: RouteCall
  private let admission: any AdmissionControl
  private let walls: RequestWalls
  private let proxies: TrustedProxies
  private let inspector: ResponseInspector?
  private let refusals: RefusalObserver?
  private let meters: ServerMeters
  private let ambient: Ambient
  private let logger: Logger
  private let accessLog: AccessLog?
  private let date = DateHeader()

  /// Throws `RouteTableError` when the routes are not sound.
  package init(_ configuration: APIConfiguration) throws {
    let table = try SystemRoutes.table(configuration)
    self.table = table
    metrics = configuration.metrics
    readiness = configuration.readiness
    deadlines = BodyDeadlines(timeout: configuration.bodyTimeout)
    router = Router(
      table.routes.compactMap { route in
        PathTemplate(route.path).map { template in
          Endpoint(
            route, template,
            meters: RouteMeters(configuration.metrics, method: route.method.rawValue, route: route.path))
        }
      })
    entrance = TenantEntrance(
      authenticator: configuration.authenticator, directory: configuration.directory, hosts: configuration.hosts,
      walls: configuration.walls)
    call = RouteCall(
      sessions: configuration.sessions, inspector: configuration.inspector, walls: configuration.walls,
      vault: configuration.vault)
    admission = configuration.admission
    walls = configuration.walls
    proxies = configuration.proxies
    inspector = configuration.inspector
    refusals = configuration.refusals
    meters = ServerMeters(configuration.metrics)
    ambient = configuration.ambient
    logger = configuration.logger
    accessLog = configuration.accessLog
  }

  /// Answers one request. Throws only to have the connection closed.
  func respond(
    _ request: HummingbirdCore.Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    let start = ContinuousClock.now
    meters.begin()
    defer { meters.end() }
    var exchange = Exchange(request.head, ambient: ambient)
    var body = IncomingBody(request.body, exchange.headers, channel: channel, deadlines: deadlines)
    var answer: Answer
    do {
      answer = try await self.answer(&exchange, &body, writer, channel)
    } catch {
      let refusal = Refusal(translating: error)
      report(refusal, exchange)
      answer = refused(refusal, exchange)
      if refusal.code == .methodNotAllowed, let allowed = router.match(exchange.path)?.allowed {
        answer.fields.append(HTTPField(name: .allow, value: allowed))
      }
    }
    // After a refused body of which little is left the connection is used again; otherwise it ends.
    let closes = !body.isReusable || exchange.headers.asksToClose || answer.code == RefusalCode.bodyTimeout.name
    complete(&answer, exchange, closes: closes)
    record(answer, exchange, since: start)
    let head = HTTPResponse(status: answer.status, headerFields: answer.fields)
    if answer.body.isEmpty || exchange.method == .head {
      try await writer.writeResponse(head)
    } else {
      try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
    let isDrained = await body.drain()
    if !isDrained { throw ConnectionEnds() }
    // Hummingbird knows only `close` in lower case. Closing one's output first lets the whole answer out.
    if closes { channel.close(mode: .output, promise: nil) }
  }

  /// The answer that `refusal` becomes; that of a bare fault when the inspector objects to its text.
  private func refused(_ refusal: Refusal, _ exchange: Exchange) -> Answer {
    let takesBasic = exchange.endpoint?.takesBasic ?? false
    let answer = Answer(refusal, request: exchange.id, takesBasic: takesBasic)
    guard let inspector else { return answer }
    do {
      try inspector(exchange.tenant, answer.body)
      return answer
    } catch {
      return Answer(error, request: exchange.id, takesBasic: takesBasic)
    }
  }

  /// Thrown after the answer has been written, to close a connection that holds what nobody wants to read.
  private struct ConnectionEnds: Error {}

  private func answer(
    _ exchange: inout Exchange, _ body: inout IncomingBody, _ writer: borrowing ResponseWriter,
    _ channel: any Channel
  ) async throws -> Answer {
    if let name = exchange.headers.repeated {
      throw Refusal(.headerMalformed, "The header \(name) may be sent once.")
    }
    guard let match = router.match(exchange.path) else { throw Refusal.notFound }
    guard let endpoint = match.endpoint(for: exchange.method) else {
      if exchange.method == .options { return .options(allowed: match.allowed) }
      throw Refusal(.methodNotAllowed, "This resource allows \(match.allowed).")
    }
    exchange.endpoint = endpoint
    let path = try PathInput.read(match.values, endpoint)
    let caller = try await enter(&exchange, endpoint, path)
    let admitted = try admit(&exchange)
    defer { if let admitted { admission.release(admitted) } }
    let parts = try await self.parts(exchange, endpoint, path, &body, writer)
    let rendered =
      switch caller {
      case .open:
        try await call.open(
          endpoint.route, parts,
          peer: proxies.peer(remote: channel.remoteAddress?.ipAddress, fields: exchange.headers.fields(proxies.header)))
      case .platform(let actor): try await call.platform(endpoint.route, parts, actor)
      case .tenant(let context): try await call.tenant(endpoint.route, parts, context, exchange)
      }
    if exchange.method == .get || exchange.method == .head, let header = exchange.headers.ifNoneMatch,
      let version = rendered.version, rendered.isSuccess, EntityTag.ifNoneMatch(header, names: version)
    {
      return .notModified(version)
    }
    return Answer(rendered, isPrivate: endpoint.route.access != .open)
  }

  private enum Caller {
    case open
    case platform(Actor)
    case tenant(TenantContext)
  }

  /// Everything that decides whether the caller may use the route at all.
  private func enter(_ exchange: inout Exchange, _ endpoint: Endpoint, _ path: [String]) async throws -> Caller {
    switch endpoint.route.access {
    case .open: return .open
    case .platform(let permission):
      return .platform(try await entrance.operatorActor(exchange, permission: permission))
    case .tenant(let permission):
      let context = try await entrance.context(exchange, takesBasic: endpoint.takesBasic)
      exchange.tenant = context.tenant
      let names = endpoint.tenantParameters.compactMap { path.indices.contains($0) ? path[$0] : nil }
      do {
        exchange.limits = try await entrance.check(context, exchange, named: names, permission: permission)
      } catch let refusal as Refusal where refusal.code.category == .forbidden {
        refusals?(context, refusal.code, endpoint.route)
        throw refusal
      }
      return .tenant(context)
    }
  }

  /// Counts the request of a tenant; the tenant is to be released when it is over.
  private func admit(_ exchange: inout Exchange) throws(Refusal) -> TenantID? {
    guard let tenant = exchange.tenant, walls.contains(.admission) else { return nil }
    let judged = admission.judge(tenant, policy: exchange.limits, now: .now)
    exchange.rate = judged.rate
    if let refusal = judged.refusal { throw refusal }
    return tenant
  }

  /// Reads and validates all input of the request.
  private func parts(
    _ exchange: Exchange, _ endpoint: Endpoint, _ path: [String], _ body: inout IncomingBody,
    _ writer: borrowing ResponseWriter
  ) async throws -> RequestParts {
    let route = endpoint.route
    let query =
      walls.contains(.validation)
      ? try QueryInput.read(exchange.query, route.query, takesLinks: endpoint.takesLinks)
      : QueryInput.unchecked(exchange.query)
    let ifMatch = try EntityTag.ifMatch(exchange.headers.ifMatch)
    if route.requiresVersion, ifMatch == nil {
      throw Refusal(.versionMissing, "Send the resource's ETag as If-Match.")
    }
    let bound = BodyInput.Bound(route.body, exchange.limits)
    try BodyInput.checkHead(route.body, exchange.headers, length: body.length, bound, isPresent: body.isPresent)
    if exchange.headers.expectsContinue, body.isPresent {
      try await writer.writeInformationalHead(HTTPResponse(status: .continue))
    }
    let bytes = try await body.read(bound)
    var json = JSON.null
    if case .json(let schema, _) = route.body {
      json = try BodyInput.json(bytes, schema, validates: walls.contains(.validation))
    }
    return RequestParts(
      id: exchange.id, path: PathInput.named(path, endpoint), query: query, body: json, bytes: bytes,
      contentType: exchange.headers.contentType, ifMatch: ifMatch, receivedAt: exchange.receivedAt)
  }

  /// Adds the fields that every answer has.
  private func complete(_ answer: inout Answer, _ exchange: Exchange, closes: Bool) {
    answer.fields.append(HTTPField(name: .requestID, value: exchange.idText))
    answer.fields.append(HTTPField(name: .traceparent, value: exchange.trace.text))
    answer.fields.append(HTTPField(name: .date, value: date.text(at: exchange.receivedAt)))
    if answer.hasLength { answer.fields.append(HTTPField(name: .contentLength, value: String(answer.body.count))) }
    if let rate = exchange.rate {
      answer.fields.append(HTTPField(name: .rateLimitPolicy, value: rate.policyField))
      answer.fields.append(HTTPField(name: .rateLimit, value: rate.field))
    }
    if closes { answer.fields.append(HTTPField(name: .connection, value: "close")) }
  }

  private func record(_ answer: Answer, _ exchange: Exchange, since start: ContinuousClock.Instant) {
    let microseconds = (ContinuousClock.now - start).microseconds
    let status = answer.status.code
    (exchange.endpoint?.meters ?? meters.unmatched).record(status: status, microseconds: microseconds)
    if let code = answer.code { meters.refused(code) }
    accessLog?.record(
      AccessLog.Entry(
        time: exchange.receivedAt, request: exchange.idText, trace: exchange.trace, method: exchange.method.rawValue,
        route: exchange.endpoint?.route.path ?? "unmatched", status: status, microseconds: microseconds,
        tenant: exchange.tenant, code: answer.code))
  }

  /// Writes a refusal's complete face to the operator's log: our own faults as errors, what callers do wrong as debug.
  private func report(_ refusal: Refusal, _ exchange: Exchange) {
    let isFault = refusal.code.category == .internal || refusal.code.category == .unavailable
    logger.log(
      level: isFault ? .error : .debug, "\(refusal.debugDescription)",
      metadata: [
        "request": "\(exchange.id)", "trace": "\(exchange.trace.traceID.hex)",
        "tenant": "\(exchange.tenant.map(\.description) ?? "none")",
        "route": "\(exchange.endpoint?.route.path ?? "unmatched")",
      ])
  }
}
