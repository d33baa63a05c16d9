import BulkheadCore
import BulkheadKeys
import BulkheadServer

extension AdministrationServices {
  var login: [Route] {
    [
      Route(
        .post, "/v1/login", access: .open, tag: "Identity", summary: "Exchange a password for a token",
        details: """
          A wrong tenant, address and password get one answer after the same work. Tries are limited per account and \
          per address.
          """,
        body: .json(
          .object([
            Schema.Field("tenant", .string(minLength: 1, maxLength: 63), "Slug or id."),
            Schema.Field("email", .string(minLength: 1, maxLength: 254)),
            Schema.Field("password", .string(minLength: 1, maxLength: 1024)),
          ]), bytesMax: 8192),
        responses: [
          ResponseShape(
            .ok, "A token of one hour.",
            .json(.object([Schema.Field("token", .string(maxLength: 4096)), Schema.Field("expiresAt", .dateTime)])))
        ],
        handler: .open { try await answer($0) })
    ]
  }

  private func answer(_ request: OpenRequest) async throws -> Response {
    let body = request.parts.body
    let (token, user, _) = try await accounts.login(
      tenantName: body["tenant"]?.string ?? "", email: body["email"]?.string ?? "",
      password: body["password"]?.string ?? "", peer: request.peer)
    let context = try await verifier.verify(token.text.withValue { $0 })
    let entry = audit.query(.loginSucceeded, subject: "user:\(user)", detail: [:], context: context)
    try await platform.path.tenant(context).transaction { transaction in
      try transaction.enqueue(entry)
    }
    return .ok(["token": .string(token.text.withValue { $0 }), "expiresAt": .instant(token.expiresAt)])
  }
}
