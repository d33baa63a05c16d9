import BulkheadCore
import BulkheadKeys
import BulkheadServer

/// Links to files, for those who send no headers: label printers, browsers, a colleague.
extension AdministrationServices {
  var links: [Route] {
    [
      Route(
        .post, "/v1/file-links", access: .tenant(PlatformPermissions.tenantRead), tag: "Files",
        summary: "Make a link to a file",
        details: """
          Whoever has the link reads this one file without any other credential, until it expires: labels, and the \
          refused rows of imports. It is signed with the tenant's own key, names the tenant and the path, and can be \
          made by those only who may read the file themselves. Put the API's address before it.
          """,
        body: .json(
          .object([
            Schema.Field("path", .string(minLength: 1, maxLength: 300), "As in /v1/packages/{package}/labels/zpl."),
            .optional(
              "hours", .integer(1...12), "Until it expires; 1 by default, and no longer than your own credential."),
          ])),
        responses: [
          ResponseShape(
            .created, "The link.",
            .json(
              .object([Schema.Field("link", .string(maxLength: 4096)), Schema.Field("expiresAt", .dateTime)])))
        ],
        handler: .read { try await link($0) })
    ]
  }

  private func link(_ request: Request) async throws -> Response {
    let path = request.body["path"]?.string ?? ""
    guard let permission = files.permission(toRead: path) else {
      throw Refusal(.inputInvalid, "No file is served at this path.", at: "/path")
    }
    try request.context.require(permission)
    let lifetime = request.body["hours"]?.int.map { Duration.seconds($0 * 3600) } ?? TokenLifetimes.linkDefault
    let token = try await TokenIssuer(ring: ring, ambient: platform.ambient).issueLink(
      to: path, permission: permission, by: request.context, lifetime: lifetime)
    return .created(
      [
        "link": .string("\(path)?\(FileRoutes.linkParameter)=\(token.text.withValue { $0 })"),
        "expiresAt": .instant(token.expiresAt),
      ], location: path)
  }
}
