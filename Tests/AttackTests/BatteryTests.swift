import BulkheadCore
import BulkheadServer
import Testing

@testable import bulkhead

@Suite("The attack battery", .serialized)
struct BatteryTests {
  /// Attacks whose verdict is known beforehand: what says that the battery itself can fail.
  private static let planted: [(verdict: Verdict, attack: any Attack)] = [
    (.held, plot("planted.held") { $0.isControl ? .breach("leaks") : .held("holds") }),
    (.breach, plot("planted.breach") { _ in .breach("leaks") }),
    (.provesNothing, plot("planted.idle") { _ in .held("holds") }),
    (.provesNothing, plot("planted.noControl") { try $0.isControl ? failing() : .held("holds") }),
    (.broken, plot("planted.broken") { try $0.isControl ? .breach("leaks") : failing() }),
    (.held, plot("planted.coverage") { try await coverage($0) }),
    (.held, plot("planted.own") { try await own($0) }),
  ]

  private static func plot(
    _ id: String, _ action: @escaping @Sendable (Battlefield) async throws -> Outcome
  ) -> any Attack {
    Plot(
      id, "Planted", .access, .request, tiers: [.pooled], steps: ["None."], expected: "Known.",
      wall: .inAttack("nothing"), action)
  }

  private static func failing() throws -> Outcome { throw Unmakeable("planted") }

  @Test("every attack is stopped and gets through without its wall, and what is planted is told from that")
  func battery() async throws {
    let battery = Battery(
      attacks: Self.planted.map(\.attack) + Catalogue.all, tiers: Tier.allCases, hasControls: true)
    let runs = try await battery.run { _, _, _ in }
    let report = AttackReport(
      runs: runs.filter { !$0.attack.id.hasPrefix("planted.") }, hasControls: true,
      seconds: runs.reduce(0) { $0 + $1.seconds })
    print(report.matrix)
    print(report.summary)
    for run in report.bad {
      Issue.record(
        """
        \(run.verdict.rawValue): \(run.attack.id) in \(run.tierName): \(run.evidence)
        control without \(run.attack.wall): \(run.control)
        """)
    }
    #expect(report.attackCount == Catalogue.all.count)
    for (verdict, attack) in Self.planted {
      let run = try #require(runs.first { $0.attack.id == attack.id })
      #expect(run.verdict == verdict, "\(attack.id): \(run.evidence); \(run.control)")
    }
  }

  /// Routes without a credential. A new one must be added here by someone who has thought about it.
  private static let open: Set<String> = [
    "POST /v1/login", "GET /v1/tenants/{tenant}/jwks.json", "GET /healthz", "GET /readyz", "GET /openapi.json",
  ]

  /// Whether every route of the table, and every place in it that takes an id, can be attacked at all; and whether
  /// nothing but the open routes is served without a credential.
  private static func coverage(_ field: Battlefield) async throws -> Outcome {
    if field.isControl { return .breach("not a control") }
    guard field.stand.tenantRoutes.count > 50 else { throw Unmakeable("few routes") }
    let reference = try await field.stand.call("GET", "/v1/orders").constant
    for route in field.stand.routes {
      if route.access == .open {
        guard open.contains(route.label) else { throw Unmakeable("\(route.label) is open: is that meant?") }
        continue
      }
      for side in [field.attacker, field.victim] where route.isOfTenant {
        _ = try Shot(route, side)
        for reference in route.references {
          _ = try Shot(route, side).with(side.id(reference.kind), at: reference, side)
        }
        for parameter in route.query {
          if case .id(let kind) = parameter.schema { _ = try side.id(kind) }
        }
      }
      let answer = try await Shot(route, field.victim).fire(field.stand, token: nil)
      guard answer.status == 401, answer.code == "credential.missing", answer.constant == reference else {
        throw Unmakeable("\(route.label) without a credential: \(answer.brief)")
      }
    }
    return .held("every route can be attacked")
  }

  /// The attacks' own requests, about one's own things, are served or meet a rule of the business.
  private static func own(_ field: Battlefield) async throws -> Outcome {
    if field.isControl { return .breach("not a control") }
    // A tenant of its own: what is served also ends things.
    let side = try await Side(field.deployment.tenant(.pooled, on: field.stand), field.stand)
    let routes = field.stand.tenantRoutes
    for route in routes.filter({ $0.method != .delete }) + routes.filter({ $0.method == .delete }) {
      let answer = try await Shot(route, side).fire(field.stand, token: side.tenant.token)
      guard answer.status < 300 || [409, 412].contains(answer.status) else {
        throw Unmakeable("\(route.label): \(answer.brief)")
      }
    }
    return .held("served")
  }
}
