import BulkheadCore

/// What is known of the two tenants before anything is tried: their names, the routes, and things of B.
struct LiveScout: Sendable {
  struct Tenant: Sendable {
    let token: String
    let id: String
    let slug: String
  }

  /// A thing of B that B itself can read.
  struct Canary: Sendable {
    let route: LiveRoute
    let id: String
  }

  let target: LiveTarget
  let a: Tenant
  let b: Tenant
  let routes: [LiveRoute]
  let canaries: [Canary]
  /// Every id in the lists of B, and of A.
  let idsOfB: Set<String>
  let idsOfA: Set<String>

  static let canariesMax = 40

  static func look(_ target: LiveTarget, tokenA: String, tokenB: String) async throws -> LiveScout {
    let document = try await target.get("/openapi.json", token: nil)
    let routes = LiveRoute.all(document.json)
    guard document.status == 200, !routes.isEmpty else {
      throw Refusal(
        .serviceUnavailable,
        "\(target.url) answers (status \(document.status)) but describes no routes of tenants at /openapi.json: it is "
          + "no Bulkhead server, or another path of one. Nothing was changed.")
    }
    let a = try await tenant(target, tokenA, "A")
    let b = try await tenant(target, tokenB, "B")
    guard a.id != b.id else {
      throw Refusal(.inputInvalid, "Both tokens are of the tenant \(a.slug). Name two tenants. Nothing was changed.")
    }
    let ofB = try await ids(target, routes, tokenB)
    let ofA = try await ids(target, routes, tokenA)
    var canaries: [Canary] = []
    for route in routes {
      guard let collection = route.collection, let id = ofB[collection]?.first, canaries.count < canariesMax else {
        continue
      }
      // B reads it, so it is there to be found: the control of every attack on it.
      guard try await target.get(route.path(with: id), token: tokenB).status == 200 else { continue }
      canaries.append(Canary(route: route, id: id))
    }
    guard !canaries.isEmpty else {
      throw Refusal(
        .inputInvalid,
        "Tenant \(b.slug) has nothing that its token can read, so there is nothing to look for. Nothing was changed.")
    }
    let own = Set(ofA.values.joined())
    return LiveScout(
      target: target, a: a, b: b, routes: routes, canaries: canaries,
      idsOfB: Set(ofB.values.joined()).subtracting(own), idsOfA: own)
  }

  private static func tenant(_ target: LiveTarget, _ token: String, _ name: String) async throws -> Tenant {
    guard let own = (try? Forgery(token))?.payload["tid"]?.id else {
      throw Refusal(
        .inputInvalid, "The token of tenant \(name) is not taken: it is no token of a tenant. Nothing was changed.")
    }
    let answer = try await target.get("/v1/tenants/\(own)", token: token)
    guard answer.status == 200, let id = answer.json["id"]?.string, let slug = answer.json["slug"]?.string else {
      throw Refusal(
        .inputInvalid,
        "The token of tenant \(name) is not taken: \(answer.status) \(answer.code ?? ""). "
          + (answer.json["detail"]?.string ?? "") + " Nothing was changed.")
    }
    return Tenant(token: token, id: id, slug: slug)
  }

  /// Ids in each list that `token` can read, by the list's path.
  private static func ids(
    _ target: LiveTarget, _ routes: [LiveRoute], _ token: String
  ) async throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for route in routes where route.isList && route.hasCursor {
      let answer = try await target.get(route.path + "?limit=50", token: token)
      guard answer.status == 200 else { continue }
      found[route.path] = (answer.json["items"]?.array ?? []).compactMap { $0["id"]?.string }
    }
    return found
  }
}
