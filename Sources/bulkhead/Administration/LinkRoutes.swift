import BulkheadAudit
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
          made by those only who may read the file themselves. Put the API's address before it. The audit trail says \
          who made a link to what, and for how long.
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
        handler: .preparedWrite { try await link($0) })
    ]
  }

  private func link(_ request: Request) async throws -> Handler.Write {
    let path = request.body["path"]?.string ?? ""
    guard let file = files.file(at: path) else {
      throw Refusal(.inputInvalid, "No file is served at this path.", at: "/path")
    }
    try request.context.require(file.permission)
    let lifetime = request.body["hours"]?.int.map { Duration.seconds($0 * 3600) } ?? TokenLifetimes.linkDefault
    let token = try await TokenIssuer(ring: ring, ambient: platform.ambient).issueLink(
      to: path, permission: file.permission, by: request.context, lifetime: lifetime)
    // Whoever has the link needs nothing else, so the trail says what it reads and until when, and not the link.
    let entry = audit.query(
      .fileLinkMade, subject: file.subject,
      detail: ["path": .string(path), "expiresAt": .instant(token.expiresAt)], context: request.context)
    return { transaction in
      try transaction.enqueue(entry)
      return .created(
        [
          "link": .string("\(path)?\(FileRoutes.linkParameter)=\(token.text.withValue { $0 })"),
          "expiresAt": .instant(token.expiresAt),
        ], location: path)
    }
  }
}
