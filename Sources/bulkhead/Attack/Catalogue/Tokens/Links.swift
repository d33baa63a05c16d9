import BulkheadCore
import BulkheadKeys
import BulkheadServer

/// Links to files that are used for something else.
extension Catalogue {
  /// The credential in a link that the attacker made to the label of its own package.
  private static func link(_ field: Battlefield) async throws -> String {
    let made = try await field.stand.post(
      "/v1/file-links", field.attacker.tenant, ["path": .string(label(field.attacker))])
    guard let token = made.json["link"]?.string?.split(separator: "=").last.map(String.init) else {
      throw Unmakeable("no link: \(made.brief)")
    }
    guard try await read(label(field.attacker), token, field) < 300 else { throw Unmakeable("the link was never good") }
    return token
  }

  private static func label(_ side: Side) throws -> String { "/v1/packages/\(try side.id("package"))/labels/zpl" }

  private static func read(_ path: String, _ token: String, _ field: Battlefield) async throws -> Int {
    try await field.stand.call("GET", "\(path)?\(FileRoutes.linkParameter)=\(token)").status
  }

  private static func outcome(_ path: String, _ token: String, _ field: Battlefield) async throws -> Outcome {
    let status = try await read(path, token, field)
    return status < 300 ? .breach("\(path): \(status)") : .held("\(status)")
  }

  static let links: [any Attack] = [
    Plot(
      "request.link.victim", "A link to one's own file with the victim's name and file written into it", .access,
      .request,
      steps: [
        "Make a link to a label of one's own.", "Write the victim's tenant, key and label over one's own in it.",
        "Read the victim's label with it.",
      ], expected: "401: the signature covers tenant and path.",
      wall: Wall("the signature of the link", without: Without(token: [.signature]))
    ) { field in
      let path = try label(field.victim)
      let table = try await ForgersTable(field)
      _ = try await field.stand.get("/v1/units", field.victim.tenant)
      let forged = try Forgery(try await link(field)).with("tid", .id(table.victim)).with("path", .string(path))
        .with(header: "kid", .string(table.theirs.kid))
      return try await outcome(path, forged.text, field)
    },
    Plot(
      "request.link.otherFile", "A link to one file is used for another", .access, .request,
      steps: ["Make a link to a label.", "Read another file with it."], expected: "401: it reads one path.",
      wall: Wall("a link reads its own file alone", without: Without(request: .links))
    ) { field in
      let other = try label(field.attacker).replacing("/zpl", with: "/svg")
      return try await outcome(other, try await link(field), field)
    },
    Plot(
      "request.link.header", "The credential of a link is used as a token of the API", .access, .request,
      steps: ["Make a link to a label.", "Send its credential in the header, to every reading route."],
      expected: "401 everywhere.", wall: Wall("a link reads its own file alone", without: Without(request: .links))
    ) { field in
      let token = try await link(field)
      let found = Findings()
      try await concurrently(field.stand.tenantRoutes.filter { $0.method == .get }) { route in
        let answer = try await Shot(route, field.attacker).fire(field.stand, token: token)
        found.count()
        if answer.status < 300 { found.add("\(route.label): \(answer.status)") }
      }
      return found.outcome("requests refused")
    },
  ]
}
