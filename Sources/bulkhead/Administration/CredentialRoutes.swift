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
        handler: .write { try await issue($0, $1) }),
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

  var keys: [Route] {
    [
      Route(
        .post, "/v1/signing-keys/rotate", access: .tenant(PlatformPermissions.credentialsWrite), tag: "Identity",
        summary: "Change the tenant's signing key",
        details: "New tokens are signed with the new key; those issued before stay good until they expire.",
        responses: [
          ResponseShape(.ok, "The new key's id.", .json(.object([Schema.Field("kid", .string(maxLength: 64))])))
        ],
        handler: .write { request, transaction in
          try await transaction.settleClaim()
          let key = try await ring.rotate(request.context.tenant)
          try transaction.enqueue(
            audit.query(.signingKeyRotated, subject: "key:\(key.kid)", detail: [:], context: request.context))
          return .ok(["kid": .string(key.kid)])
        }),
      Route(
        .get, "/v1/tenants/{tenant}/jwks.json", access: .open, tag: "Identity",
        summary: "Public keys that verify the tenant's tokens (RFC 7517)",
        details: "An id that is no tenant's has an empty set.",
        parameters: [PathParameter("tenant", .id(of: "tenant"), "The tenant's id.")],
        responses: [ResponseShape(.ok, "A JWK Set.", .json(.any))],
        handler: .open { request in .ok(try await ring.jwks(of: TenantID(request.parts.id("tenant")))) }),
    ]
  }

  private func issue(_ request: Request, _ transaction: Transaction) async throws -> Response {
    try await transaction.settleClaim()
    let names = request.body["permissions"]?.array?.compactMap(\.string) ?? []
    let days = request.body["days"]?.int ?? 90
    let (token, record) = try await serviceTokens.issue(
      in: request.context.tenant, by: request.context.actor, name: request.body["name"]?.string ?? "",
      permissions: PermissionSet(names.map { Permission($0) }), granted: request.context.permissions,
      lifetime: .seconds(days * 86_400))
    try transaction.enqueue(
      audit.query(
        .tokenIssued, subject: "credential:\(record.id)",
        detail: ["permissions": .array(record.permissions.map(JSON.string))], context: request.context))
    return .created(
      ["token": .string(token.text.withValue { $0 }), "record": Self.json(record)],
      location: "/v1/service-tokens/\(record.id)")
  }

  private func revoke(_ request: Request, _ transaction: Transaction) async throws -> Response {
    try await transaction.settleClaim()
    let id = try request.id("token")
    let expiresAt = try await serviceTokens.revoke(id, in: request.context.tenant)
    verifier.revoke(credential: id, of: request.context.tenant, expiresAt: expiresAt)
    try transaction.enqueue(
      audit.query(.credentialRevoked, subject: "credential:\(id)", detail: [:], context: request.context))
    return .noContent
  }

  private static func json(_ token: ServiceToken) -> JSON {
    [
      "id": .id(token.id), "name": .string(token.name), "permissions": .array(token.permissions.map(JSON.string)),
      "expiresAt": .instant(token.expiresAt), "revoked": .bool(token.isRevoked),
    ]
  }
}
