import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadServer

extension AdministrationServices {
  private static let key = Schema.object([
    Schema.Field("id", .id(of: "signing_key")),
    Schema.Field("kid", .string(maxLength: 64), "As it stands in tokens and in the JWK Set."),
    Schema.Field("state", .oneOf(SigningKey.State.allCases.map(\.rawValue))), Schema.Field("createdAt", .dateTime),
    Schema.Field("notAfter", .nullable(.dateTime), "When it stops verifying."),
  ])

  var keys: [Route] {
    [
      Route(
        .get, "/v1/signing-keys", access: .tenant(PlatformPermissions.credentialsRead), tag: "Identity",
        summary: "List the signing keys that are in use",
        responses: [
          ResponseShape(
            .ok, "Keys, oldest first.",
            .json(.object([Schema.Field("items", .array(Self.key, maxItems: KeyRing.keysPerTenantMax * 2))])))
        ],
        handler: .read { request in
          .ok(["items": .array(try await ring.keys(of: request.context.tenant).compactMap(Self.json))])
        }),
      Route(
        .post, "/v1/signing-keys/rotate", access: .tenant(PlatformPermissions.credentialsWrite), tag: "Identity",
        summary: "Change the tenant's signing key",
        details: """
          New tokens are signed with the new key. The old one verifies for as long as the last standing token that it \
          may have signed, and no longer.
          """,
        responses: [ResponseShape(.ok, "The new key.", .json(Self.key))],
        handler: .write { request, transaction in
          try await transaction.settleClaim()
          let (key, intent) = try await signingKeys.rotate(by: request.context)
          try transaction.enqueue(intent, of: intents)
          return .ok(Self.json(key) ?? .null)
        }),
      Route(
        .delete, "/v1/signing-keys/{key}", access: .tenant(PlatformPermissions.credentialsWrite), tag: "Identity",
        summary: "Retire a signing key that leaked",
        details: """
          Every token that it signed is refused from now on, whenever it says it was issued. When it is the key that \
          signs, a new one takes its place. Tokens of services that it signed must be issued anew.
          """,
        parameters: [PathParameter("key", .id(of: "signing_key"), "The key's id.")],
        responses: [ResponseShape(.noContent, "It is refused everywhere within a second.")],
        handler: .write { request, transaction in
          try await transaction.settleClaim()
          let intent = try await signingKeys.retire(request.id("key"), by: request.context)
          verifier.revokeKey(SigningKey.kid(of: try request.id("key")), of: request.context.tenant)
          try transaction.enqueue(intent, of: intents)
          return .noContent
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

  /// `nil` for a key that was not made by this product.
  private static func json(_ key: SigningKey) -> JSON? {
    key.id.map { id in
      [
        "id": .id(id), "kid": .string(key.kid), "state": .string(key.state.rawValue),
        "createdAt": .instant(key.createdAt), "notAfter": key.notAfter.map { .instant($0) } ?? .null,
      ]
    }
  }
}
