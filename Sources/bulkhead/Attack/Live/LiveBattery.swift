import BulkheadCore
import BulkheadKeys
import Crypto

/// Attacks on a running system that change nothing: GET requests as tenant A about tenant B.
///
/// No wall can be taken away there. The control of each is instead that its target is real: B itself is served.
struct LiveBattery: Sendable {
  let scout: LiveScout

  private struct Probe: Sendable {
    let facts: AttackFacts
    let control: String
    let run: @Sendable () async throws -> Outcome
  }

  func run(progress: @escaping @Sendable (Int, Int, String) -> Void) async throws -> [AttackRun] {
    let probes = try ids + naming + tokens + lists
    var runs: [AttackRun] = []
    for probe in probes {
      let start = ContinuousClock.now
      let outcome = try await probe.run()
      runs.append(
        AttackRun(
          attack: probe.facts, tier: nil, verdict: outcome.isBreach ? .breach : .held, evidence: outcome.evidence,
          control: probe.control, seconds: Double((ContinuousClock.now - start).microseconds) / 1_000_000))
      progress(runs.count, probes.count, probe.facts.id)
    }
    return runs
  }

  private func probe(
    _ id: String, _ title: String, _ verb: Verb, expected: String, control: String,
    _ run: @escaping @Sendable () async throws -> Outcome
  ) -> Probe {
    Probe(
      facts: AttackFacts(
        id: "live.\(id)", title: title, verb: verb, layer: .request, steps: [title], expected: expected,
        wall: "nothing can be taken away: B itself is served"),
      control: control, run: run)
  }

  private func foreign(_ answer: Reply) -> String? {
    let text = answer.text
    return scout.idsOfB.first { text.contains($0) } ?? (text.contains(scout.b.id) ? scout.b.id : nil)
  }

  /// Things of B by their ids, and ids of nobody.
  private var ids: [Probe] {
    scout.canaries.map { canary in
      probe(
        "id \(canary.route.path)", "Read B's thing at \(canary.route.path) as A", .access,
        expected: "404, the same bytes as for an id that nobody has.", control: "B reads \(canary.id): 200"
      ) {
        let nobody = EntityID.make(at: SystemClock().now(), from: SystemRandom()).description
        let attack = try await scout.target.get(canary.route.path(with: canary.id), token: scout.a.token)
        let nothing = try await scout.target.get(canary.route.path(with: nobody), token: scout.a.token)
        // Routes that A's token may not use at all answer alike for both.
        guard attack.status >= 400, attack.face == nothing.face else {
          return .breach("\(attack.brief), for nobody's \(nothing.brief)")
        }
        return .held(attack.brief)
      }
    }
  }

  /// A route that every token of A is answered on.
  private var home: String { "/v1/tenants/\(scout.a.id)" }

  private var naming: [Probe] {
    headers
      + [scout.b.slug, scout.b.id].enumerated().map { index, name in
        probe(
          "naming.path\(index + 1)", "Ask as A for the tenant \(name) by path", .access,
          expected: "403, the same bytes as for a tenant that does not exist.", control: "B's own requests are served"
        ) {
          let attack = try await scout.target.get("/v1/tenants/\(name)", token: scout.a.token)
          let nothing = try await scout.target.get("/v1/tenants/no-such-tenant", token: scout.a.token)
          guard attack.status == 403, attack.face == nothing.face else {
            return .breach("\(attack.brief), for nobody \(nothing.brief)")
          }
          return .held(attack.brief)
        }
      }
  }

  private var headers: [Probe] {
    let names = [
      ("X-Tenant-ID with B's slug", ["X-Tenant-ID": scout.b.slug]),
      ("X-Tenant-ID with B's id", ["X-Tenant-ID": scout.b.id]),
      ("X-Tenant-ID with both slugs", ["X-Tenant-ID": "\(scout.a.slug),\(scout.b.slug)"]),
    ]
    return names.enumerated().map { index, name in
      probe(
        "naming.\(index + 1)", "Ask as A with \(name.0)", .access,
        expected: "403, the same bytes as for a tenant that does not exist.", control: "B's own requests are served"
      ) {
        let attack = try await scout.target.get(home, token: scout.a.token, headers: name.1)
        let nothing = try await scout.target.get(
          home, token: scout.a.token, headers: ["X-Tenant-ID": "no-such-tenant"])
        guard attack.status == 403, attack.face == nothing.face else {
          return .breach("\(attack.brief), for nobody \(nothing.brief)")
        }
        return .held(attack.brief)
      }
    }
  }

  /// A's token put together wrongly.
  private var tokens: [Probe] {
    get throws {
      let good = try Forgery(scout.a.token)
      let target = good.with("tid", .string(scout.b.id))
      let stranger = P256.Signing.PrivateKey()
      let past: JSON = .int(SystemClock().now().seconds - 3600)
      let forged: [(String, String)] = [
        ("edited", target.text), ("blank", target.unsigned(Array(repeating: 0, count: 64)).text),
        ("unsigned", target.unsigned().text), ("algNone", target.with(header: "alg", "none").unsigned().text),
        ("strangersKey", try target.signed(with: stranger).text),
        ("expired", good.with("exp", past).text),
        ("expiredSigned", try good.with("exp", past).signed(with: stranger).text),
        ("permissions", good.with("perms", "orders.read tenants.read").text),
      ]
      return forged.map { name, token in
        probe(
          "token.\(name)", "Ask with a forged token: \(name)", .access, expected: "401, the same bytes as for garbage.",
          control: "A's and B's own tokens are taken"
        ) {
          let attack = try await scout.target.get(home, token: token)
          let garbage = try await scout.target.get(home, token: "garbage")
          guard attack.status == 401, attack.face == garbage.face else {
            return .breach("\(attack.brief), for garbage \(garbage.brief)")
          }
          return .held(attack.brief)
        }
      }
    }
  }

  /// Lists, filters and cursors.
  private var lists: [Probe] {
    scout.routes.filter(\.isList).flatMap { route -> [Probe] in
      var probes = [
        probe(
          "list \(route.path)", "Look for B's ids at \(route.path) as A", .access, expected: "None is there.",
          control: "B's own lists hold \(scout.idsOfB.count) ids"
        ) {
          let answer = try await scout.target.get(route.path, token: scout.a.token)
          return foreign(answer).map { .breach("\($0) is there") } ?? .held("\(answer.status), nothing of B")
        }
      ]
      if route.hasCursor {
        probes.append(
          probe(
            "cursor \(route.path)", "Go on from B's cursor at \(route.path) as A", .access,
            expected: "A's own things or a refusal.", control: "B's own lists hold \(scout.idsOfB.count) ids"
          ) {
            let first = try await scout.target.get(route.path + "?limit=1", token: scout.b.token)
            guard let cursor = first.json["next"]?.string else { return .held("B has one page: no cursor to steal") }
            let answer = try await scout.target.get(route.path + "?cursor=\(cursor)", token: scout.a.token)
            return foreign(answer).map { .breach("\($0) is there") } ?? .held("\(answer.status), nothing of B")
          })
      }
      return probes + route.filters.map { filter(route, $0) }
    }
  }

  private func filter(_ route: LiveRoute, _ name: String) -> Probe {
    probe(
      "filter \(route.path) \(name)", "Filter \(route.path) by B's ids in \(name) as A", .infer,
      expected: "The same answer as for an id that nobody has.", control: "B's own lists hold \(scout.idsOfB.count) ids"
    ) {
      let nobody = EntityID.make(at: SystemClock().now(), from: SystemRandom()).description
      let nothing = try await scout.target.get(route.path + "?\(name)=\(nobody)", token: scout.a.token)
      for id in scout.idsOfB.sorted().prefix(5) {
        let attack = try await scout.target.get(route.path + "?\(name)=\(id)", token: scout.a.token)
        guard attack.face == nothing.face else { return .breach("\(attack.brief), for nobody's \(nothing.brief)") }
      }
      return .held("\(nothing.status) for both")
    }
  }
}
