import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadServer

extension AdministrationServices {
  var tenantSelf: [Route] {
    [
      Route(
        .get, "/v1/tenants/{tenant}", access: .tenant(PlatformPermissions.tenantRead), tag: "Tenant",
        summary: "Show the tenant of the credential",
        details: "The path must name the credential's own tenant, by id or slug.",
        parameters: [PathParameter("tenant", .tenant, "The tenant's id or slug.")],
        responses: [
          ResponseShape(
            .ok, "The tenant and what the credential allows.",
            .json(
              .object([
                Schema.Field("id", .id(of: "tenant")), Schema.Field("slug", .string(maxLength: 63)),
                Schema.Field("name", .name), Schema.Field("actor", .string(maxLength: 64)),
                Schema.Field("permissions", .permissions), Schema.Field("credentialExpiresAt", .dateTime),
              ])))
        ],
        handler: .read { request in
          guard let record = try await platform.registry.tenant(request.context.tenant) else { throw Refusal.notFound }
          return .ok([
            "id": .id(record.id.id), "slug": .string(record.slug), "name": .string(record.name),
            "actor": .string(request.context.actor.description),
            "permissions": .array(request.context.permissions.permissions.sorted().map { .string($0.name) }),
            "credentialExpiresAt": .instant(request.context.expiresAt),
          ])
        })
    ]
  }

  var auditTrail: [Route] {
    [
      Route(
        .get, "/v1/audit", access: .tenant(PlatformPermissions.auditRead), tag: "Audit",
        summary: "Read the tenant's audit trail",
        details: "Entries in order. `hash` of each covers the one before it, so a copy can be checked by its owner.",
        query: [
          QueryParameter("after", .integer(0...Int64.max), "Show entries after this number; 0 by default."),
          QueryParameter("limit", .integer(1...200), "Entries on a page, 50 by default."),
        ],
        responses: [
          ResponseShape(
            .ok, "Entries.",
            .json(
              .object([
                Schema.Field(
                  "items",
                  .array(
                    .object([
                      Schema.Field("seq", .integer(1...Int64.max)), Schema.Field("occurredAt", .dateTime),
                      Schema.Field("actor", .string(maxLength: 64)), Schema.Field("act", .string(maxLength: 100)),
                      Schema.Field("subject", .string(maxLength: 500)), Schema.Field("detail", .any),
                      Schema.Field("hash", .string(maxLength: 64)),
                    ]), maxItems: 200))
              ])))
        ],
        handler: .read { try await auditEntries($0) })
    ]
  }

  private static let readAudit = Statement(
    """
    SELECT seq, occurred_at, actor, act, subject, detail, hash FROM audit_entry WHERE seq > $1 ORDER BY seq LIMIT $2
    """)

  private func auditEntries(_ request: Request) async throws -> Response {
    let after = Int64(request.parts.queryInt("after") ?? 0)
    let limit = Int64(request.parts.queryInt("limit") ?? Page.limitDefault)
    let rows = try await request.tenant.read(Query(Self.readAudit, .int(after), .int(limit)))[0]
    return .ok([
      "items": .array(
        try rows.map { row in
          [
            "seq": .int(try row.int(0)), "occurredAt": .instant(try row.instant(1)), "actor": .string(try row.text(2)),
            "act": .string(try row.text(3)), "subject": .string(try row.text(4)), "detail": try row.json(5),
            "hash": .string(Hex.encode(try row.bytes(6))),
          ]
        })
    ])
  }
}
