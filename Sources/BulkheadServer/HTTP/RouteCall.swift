import BulkheadCore
import BulkheadData

/// Calls a route's handler with what its case may reach.
struct RouteCall: Sendable {
  let sessions: any SessionSource
  let inspector: ResponseInspector?
  let walls: RequestWalls
  let vault: (any AnswerVault)?

  func open(_ route: Route, _ parts: RequestParts, peer: String) async throws -> RenderedResponse {
    guard case .open(let handler) = route.handler else { throw Self.mismatch(route) }
    return try RenderedResponse(try await handler(OpenRequest(parts: parts, peer: peer))).inspected(inspector, nil)
  }

  func platform(_ route: Route, _ parts: RequestParts, _ actor: Actor) async throws -> RenderedResponse {
    guard case .platform(let handler) = route.handler else { throw Self.mismatch(route) }
    return try RenderedResponse(try await handler(PlatformRequest(parts: parts, actor: actor)))
      .inspected(inspector, nil)
  }

  func tenant(
    _ route: Route, _ parts: RequestParts, _ context: TenantContext, _ exchange: Exchange
  ) async throws -> RenderedResponse {
    let request = Request(parts: parts, tenant: Tenant(context, source: sessions))
    switch route.handler {
    case .open, .platform: throw Self.mismatch(route)
    case .read(let handler):
      return try RenderedResponse(try await handler(request)).inspected(inspector, context.tenant)
    case .write(let handler): return try await write(request, exchange) { try await handler(request, $0) }
    case .preparedWrite(let handler): return try await write(request, exchange, try await handler(request))
    }
  }

  private func write(
    _ request: Request, _ exchange: Exchange, _ handler: @escaping Handler.Write
  ) async throws -> RenderedResponse {
    let tenant = request.context.tenant
    let body: IdempotentWrite.Body = { transaction in
      let rendered = RenderedResponse(try await handler(transaction))
      guard rendered.isSuccess else { throw NotCommitted(rendered: rendered) }
      return try rendered.inspected(inspector, tenant)
    }
    do {
      guard let text = exchange.headers.idempotencyKey else { return try await request.tenant.transaction(body) }
      let key = try IdempotencyKey(
        text, method: exchange.method.rawValue, path: exchange.target, body: request.parts.bytes)
      let answer = try await IdempotentWrite(tenant: request.tenant, key: key, vault: vault).run(body)
      return answer.isReplayed ? try answer.inspected(inspector, tenant) : answer
    } catch let error as NotCommitted {
      return try error.rendered.inspected(inspector, tenant)
    }
  }

  /// An answer other than 2xx rolls the transaction back, like a thrown refusal, and is then given.
  private struct NotCommitted: Error {
    let rendered: RenderedResponse
  }

  /// The route table has been checked, so this cannot come from outside.
  private static func mismatch(_ route: Route) -> Refusal {
    Refusal(
      .internalFault, "An internal error occurred.", diagnostic: "\(route.path): its handler does not fit its access")
  }
}
