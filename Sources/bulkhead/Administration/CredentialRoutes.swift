import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadServer

extension AdministrationServices {
  private static let record = Schema.object([
    Schema.Field("id", .id(of: "serviceToken")), Schema.Field("name", .string(maxLength: 100)),
    Schema.Field("permissions", .permissions), Schema.Field("expiresAt", .dateTime),
    Schema.Field("revoked", .boolean),
  ])

  var tokens: [Route] {
    [
      Route(
        .post, "/v1/service-tokens", access: .tenant(PlatformPermissions.credentialsWrite), tag: "Identity",
        summary: "Issue a token for a program",
        details: """
          The token is shown once. It may hold only what the caller's own credential allows. A repeated request with \
          the same Idempotency-Key shows it again.
          """,
        body: .json(
          .object([
            Schema.Field("name", .string(minLength: 1, maxLength: 100)),
            Schema.Field("permissions", .array(.string(minLength: 1, maxLength: 64), minItems: 1, maxItems: 64)),
            .optional("days", .integer(1...400), "Days until it expires; 90 by default."),
          ]), bytesMax: 8192),
        responses: [
          ResponseShape(
            .created, "The token and its record.",
            .json(.object([Schema.Field("token", .string(maxLength: 4096)), Schema.Field("record", Self.record)])))
        ],
        handler: .preparedWrite { try await issue($0) }),
      Route(
        .get, "/v1/service-tokens", access: .tenant(PlatformPermissions.credentialsRead), tag: "Identity",
        summary: "List service tokens", query: QueryParameter.page,
        responses: [ResponseShape(.ok, "Records, never the tokens.", .json(.page(of: Self.record)))],
        handler: .read { request in
          let page = request.page
          let tokens = try await serviceTokens.tokens(
            in: request.context.tenant, after: page.afterID(), limit: page.limit + 1)
          return .ok(page.answer(tokens.map { ($0.id, Self.json($0)) }))
        }),
      Route(
        .delete, "/v1/service-tokens/{token}", access: .tenant(PlatformPermissions.credentialsWrite), tag: "Identity",
        summary: "Revoke a service token",
        parameters: [PathParameter("token", .id(of: "serviceToken"), "The record's id.")],
        responses: [ResponseShape(.noContent, "It is refused from now on.")],
        handler: .write { try await revoke($0, $1) }),
    ]
  }

  private func issue(_ request: Request) async throws -> Handler.Write {
    let names = request.body["permissions"]?.array?.compactMap(\.string) ?? []
    let days = request.body["days"]?.int ?? 90
    let draft = try await serviceTokens.draft(
      by: request.context, name: request.body["name"]?.string ?? "",
      permissions: PermissionSet(names.map { Permission($0) }), granted: request.context.permissions,
      lifetime: .seconds(days * 86_400))
    return { transaction in
      try await transaction.settleClaim()
      try await serviceTokens.record(draft)
      try transaction.enqueue(draft.intent, of: intents)
      return .created(
        ["token": .string(draft.token.text.withValue { $0 }), "record": Self.json(draft.record)],
        location: "/v1/service-tokens/\(draft.record.id)")
    }
  }

  private func revoke(_ request: Request, _ transaction: Transaction) async throws -> Response {
    try await transaction.settleClaim()
    let id = try request.id("token")
    let intent = AuditIntent(
      .credentialRevoked, subject: "credential:\(id)", context: request.context, ambient: platform.ambient)
    let expiresAt = try await serviceTokens.revoke(id, intending: intent)
    verifier.revoke(credential: id, of: request.context.tenant, expiresAt: expiresAt)
    try transaction.enqueue(intent, of: intents)
    return .noContent
  }

  private static func json(_ token: ServiceToken) -> JSON {
    [
      "id": .id(token.id), "name": .string(token.name), "permissions": .array(token.permissions.map(JSON.string)),
      "expiresAt": .instant(token.expiresAt), "revoked": .bool(token.isRevoked),
    ]
  }
}
