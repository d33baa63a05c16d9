import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadServer

extension AdministrationServices {
  private static let user = Schema.object([
    Schema.Field("id", .id(of: "user")), Schema.Field("email", .string(maxLength: 254)),
    Schema.Field("roles", .array(.string(maxLength: 64), maxItems: 16)), Schema.Field("active", .boolean),
    Schema.Field("version", .integer(1...Int64.max)), Schema.Field("createdAt", .dateTime),
  ])

  private static let userParameter = PathParameter("user", .id(of: "user"), "The user's id.")

  var users: [Route] {
    [
      Route(
        .post, "/v1/users", access: .tenant(PlatformPermissions.usersWrite), tag: "Identity", summary: "Add a user",
        body: .json(
          .object([
            Schema.Field("email", .string(minLength: 3, maxLength: 254)),
            Schema.Field("password", .string(minLength: 12, maxLength: 128)),
            Schema.Field(
              "roles", .array(.string(minLength: 1, maxLength: 64), minItems: 1, maxItems: 16),
              "Any of: \(roles.names.joined(separator: ", "))."),
          ]), bytesMax: 8192),
        responses: [ResponseShape(.created, "The user.", .json(Self.user))],
        handler: .preparedWrite { try await addUser($0) }),
      Route(
        .get, "/v1/users", access: .tenant(PlatformPermissions.usersRead), tag: "Identity", summary: "List the users",
        query: QueryParameter.page,
        responses: [ResponseShape(.ok, "Users in the order of their ids.", .json(.page(of: Self.user)))],
        handler: .read { request in
          let page = request.page
          let users = try await accounts.users(
            in: request.context.tenant, after: page.afterID(), limit: page.limit + 1)
          return .ok(page.answer(users.map { ($0.id, Self.json($0)) }))
        }),
      Route(
        .get, "/v1/users/{user}", access: .tenant(PlatformPermissions.usersRead), tag: "Identity",
        summary: "Show a user", parameters: [Self.userParameter],
        responses: [ResponseShape(.ok, "The user.", .json(Self.user))],
        handler: .read { request in
          let user = try await accounts.user(request.id("user"), in: request.context.tenant)
          return .ok(Self.json(user), version: user.version)
        }),
      Route(
        .post, "/v1/users/{user}/disable", access: .tenant(PlatformPermissions.usersWrite), tag: "Identity",
        summary: "End a user's access", details: "Logins and all tokens issued so far are refused from now on.",
        parameters: [Self.userParameter], responses: [ResponseShape(.ok, "The user.", .json(Self.user))],
        handler: .write { try await disableUser($0, $1) }),
    ]
  }

  /// The password is hashed before a connection is lent: that takes a tenth of a second of a core.
  private func addUser(_ request: Request) async throws -> Handler.Write {
    let names = request.body["roles"]?.array?.compactMap(\.string) ?? []
    try roles.check(names)
    let excess = roles.permissions(of: names).permissions.subtracting(request.context.permissions.permissions)
    guard excess.isEmpty else {
      throw Refusal(
        .permissionMissing, "A user cannot be given what the giver lacks: \(Self.list(excess)).", at: "/roles")
    }
    let draft = try await accounts.draft(
      by: request.context, email: request.body["email"]?.string ?? "",
      password: request.body["password"]?.string ?? "", roles: names)
    return { transaction in
      try await transaction.settleClaim()
      try await accounts.record(draft)
      try transaction.enqueue(draft.intent, of: intents)
      return .created(Self.json(draft.user), version: draft.user.version, location: "/v1/users/\(draft.user.id)")
    }
  }

  private func disableUser(_ request: Request, _ transaction: Transaction) async throws -> Response {
    try await transaction.settleClaim()
    let id = try request.id("user")
    let intent = AuditIntent(
      .userDisabled, subject: "user:\(id)", context: request.context, ambient: platform.ambient)
    let user = try await accounts.disable(id, intending: intent)
    try await verifier.refresh(from: platform.revocations)
    try transaction.enqueue(intent, of: intents)
    return .ok(Self.json(user), version: user.version)
  }

  private static func list(_ permissions: Set<Permission>) -> String {
    permissions.sorted().map(\.name).joined(separator: ", ")
  }

  private static func json(_ user: UserAccount) -> JSON {
    [
      "id": .id(user.id), "email": .string(user.email), "roles": .array(user.roles.map(JSON.string)),
      "active": .bool(user.isActive), "version": .int(user.version), "createdAt": .instant(user.createdAt),
    ]
  }
}
