import BulkheadCore
import BulkheadServer
import HTTPTypes

/// Ids of the victim's things in requests of the attacker, on every route that takes one.
extension Catalogue {
  /// Each way to make some of the path's ids foreign: one alone, and all together.
  private static func choices(_ route: Route) -> [[(name: String, kind: String)]] {
    (1..<(1 << route.ids.count)).map { bits in
      route.ids.indices.filter { bits & (1 << $0) != 0 }.map { route.ids[$0] }
    }
  }

  private static func path(
    _ name: String, _ verb: Verb, _ methods: Set<HTTPRequest.Method>, wall: Wall
  ) -> any Attack {
    Plot(
      "request.path.\(name)", "Ids of the victim in the path of every \(name) route", verb, .request,
      steps: [
        "For every such route, put the victim's ids into the path: each alone and all together.",
        "Do the same with ids that nobody has.", "Read everything of the victim before and after.",
      ], expected: "404, the same bytes as for an id that nobody has; nothing of the victim changes.", wall: wall
    ) { field in
      let token = field.attacker.tenant.token
      // On the control field things of the victim do change: that is shown by the answers.
      let before = field.isControl ? [:] : try await field.stand.everything(of: field.victim)
      let found = Findings()
      let routes = field.stand.tenantRoutes.filter { !$0.ids.isEmpty && methods.contains($0.method) }
      try await concurrently(routes, width: field.isControl ? 1 : 8) { route in
        for choice in choices(route) {
          var foreign: [String: EntityID] = [:]
          var absent: [String: EntityID] = [:]
          for (name, kind) in choice {
            foreign[name] = try field.victim.id(kind)
            absent[name] = field.platform.ambient.makeID()
          }
          let attack = try await Shot(route, field.attacker, foreign: foreign).fire(field.stand, token: token)
          let nothing = try await Shot(route, field.attacker, foreign: absent).fire(field.stand, token: token)
          found.count()
          if attack.status != 404 || attack.face != nothing.face {
            found.add("\(route.label) \(choice.map(\.name)): \(attack.brief), absent: \(nothing.brief)")
          }
        }
      }
      if !field.isControl {
        let after = try await field.stand.everything(of: field.victim)
        for (route, answer) in before where after[route] != answer { found.add("\(route) of the victim has changed") }
      }
      return found.outcome("requests answered like ids that nobody has")
    }
  }

  static let foreignIDs: [any Attack] = [
    path("GET", .access, [.get], wall: .rows),
    path("POST", .corrupt, [.post], wall: .rowsOfOthers),
    path("PUT and PATCH", .corrupt, [.put, .patch], wall: .rowsOfOthers),
    path("DELETE", .corrupt, [.delete], wall: .rowsOfOthers),
    Plot(
      "request.body.reference", "Ids of the victim in every place of a body that takes an id", .access, .request,
      steps: [
        "For every such place, send a body that is good but for the victim's id.",
        "Send it with an id that nobody has.",
      ], expected: "The same 4xx, byte by byte, for both; the attacker's own id gets further.", wall: .rowsOfOthers
    ) { field in
      let found = Findings()
      try await concurrently(field.stand.tenantRoutes, width: field.isControl ? 1 : 4) { route in
        for reference in route.references { try await refer(route, reference, field, found) }
      }
      return found.outcome("places answered like ids that nobody has")
    },
    Plot(
      "request.query.filter", "Ids of the victim in every filter", .infer, .request,
      steps: ["For every filter by an id, ask with the victim's.", "Ask with an id that nobody has."],
      expected: "The same answer, byte by byte, for both.", wall: .rows
    ) { field in
      let found = Findings()
      let token = field.attacker.tenant.token
      try await concurrently(field.stand.tenantRoutes) { route in
        for parameter in route.query {
          guard case .id(let kind) = parameter.schema else { continue }
          func ask(_ id: EntityID) async throws -> Reply {
            var shot = try Shot(route, field.attacker)
            shot.path += "?\(parameter.name)=\(id)"
            return try await shot.fire(field.stand, token: token)
          }
          let attack = try await ask(field.victim.id(kind))
          let nothing = try await ask(field.platform.ambient.makeID())
          found.count()
          if attack.face != nothing.face { found.add("\(route.label) ?\(parameter.name): \(attack.brief)") }
        }
      }
      return found.outcome("filters answered like ids that nobody has")
    },
    Plot(
      "request.list.all", "Look for the victim's things in every list and document", .access, .request,
      steps: ["Read every reading route as the attacker.", "Look for any id of the victim in the answers."],
      expected: "None is there.", wall: .rows
    ) { field in
      let found = Findings()
      for (route, text) in try await field.stand.everything(of: field.attacker) {
        found.count()
        let strange = field.victim.ids.filter { text.contains($0.value.description) }
        if !strange.isEmpty { found.add("\(route) shows \(strange.keys.sorted())") }
      }
      return found.outcome("answers without anything of the victim")
    },
    Plot(
      "request.list.cursor", "Go on from the victim's cursor", .access, .request,
      steps: [
        "Take the cursor of the victim's first page of each list.", "Ask for the next page with it, as the attacker.",
      ],
      expected: "The attacker's own things or a refusal.", wall: .rows
    ) { field in
      let found = Findings()
      for route in field.stand.tenantRoutes
      where route.method == .get && route.query.contains(where: { $0.name == "cursor" }) {
        let path = try Shot(route, field.victim).path
        let first = try await field.stand.get(path + "?limit=1", field.victim.tenant)
        let cursor = first.json["next"]?.string
        let own = try Shot(route, field.attacker).path
        let answer = try await field.stand.get(
          own + (cursor.map { "?cursor=\($0)" } ?? "?limit=200"), field.attacker.tenant)
        found.count()
        let all = try await field.stand.get(path + "?limit=200", field.victim.tenant)
        let theirs = Set((all.json["items"]?.array ?? []).compactMap { $0["id"]?.string })
        let seen = (answer.json["items"]?.array ?? []).compactMap { $0["id"]?.string }
        if seen.contains(where: theirs.contains) { found.add("\(route.label): \(seen.count) items") }
      }
      return found.outcome("pages without anything of the victim")
    },
    Plot(
      "request.body.tenant", "Send a tenant of one's choice in every body", .corrupt, .request,
      steps: ["To every body, add `tenantId` and `tenant_id` with the victim's id."],
      expected: "422: there is no such member.",
      wall: Wall("bodies are what the schema says", without: Without(request: .validation), spoils: true)
    ) { field in
      let found = Findings()
      for route in field.stand.tenantRoutes {
        var shot = try Shot(route, field.attacker)
        guard case .json = route.body, let members = shot.body?.members else { continue }
        for name in ["tenantId", "tenant_id"] {
          shot.body = .object(members + [.init(name, .id(field.victim.tenant.id.id))])
          let answer = try await shot.fire(field.stand, token: field.attacker.tenant.token)
          found.count()
          if answer.status < 300 { found.add("\(route.label): \(answer.status)") }
        }
      }
      return found.outcome("bodies refused")
    },
  ]

  private static func refer(
    _ route: Route, _ reference: Reference, _ field: Battlefield, _ found: Findings
  ) async throws {
    let side = field.attacker
    func fire(_ id: EntityID) async throws -> Reply {
      try await Shot(route, side).with(id, at: reference, side).fire(field.stand, token: side.tenant.token)
    }
    let attack = try await fire(field.victim.id(reference.kind))
    let nothing = try await fire(field.platform.ambient.makeID())
    found.count()
    guard (400..<500).contains(attack.status), attack.face == nothing.face else {
      found.add("\(route.label) \(reference): \(attack.brief), absent: \(nothing.brief)")
      return
    }
    // The attacker's own id gets further, so it is the id that was refused. (A control may have moved the attacker to
    // where its own things are not.)
    guard !field.isControl else { return }
    let own = try await fire(side.id(reference.kind))
    if own.face == attack.face || own.status >= 500 {
      throw Unmakeable("\(route.label) \(reference): one's own id is answered alike: \(own.brief)")
    }
  }
}
