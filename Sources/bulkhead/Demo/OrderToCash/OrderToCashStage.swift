import BulkheadCore
import BulkheadData
import Distribution

/// Tenants that live through the same chain at the same time, one in each tier, with the same numbers on their papers.
enum OrderToCashStage {
  /// One tenant's outcome.
  struct Outcome: Sendable {
    let tenant: FieldTenant
    let figures: [Story.Figure]
    /// What breaks an invariant of its books.
    let broken: [String]

    var off: [Story.Figure] { figures.filter { !$0.holds } }
    var isRight: Bool { off.isEmpty && broken.isEmpty && !figures.isEmpty }
  }

  /// Sends a request with a token.
  typealias Call =
    @Sendable (_ method: String, _ path: String, _ token: String, _ json: JSON?) async throws -> Reply

  /// - Parameter hears: told every line of every tenant's story as it comes.
  static func play(
    _ tenants: [FieldTenant], on platform: Platform, call: @escaping Call,
    hears: @escaping @Sendable (FieldTenant, Story.Line) -> Void = { _, _ in }
  ) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for tenant in tenants {
        group.addTask {
          let story = Story(
            ask: { method, path, json in try await call(method, path, tenant.token, json) },
            hears: { line in hears(tenant, line) })
          try await OrderToCash(story: story).tell()
          return Outcome(
            tenant: tenant, figures: await story.figures, broken: try await platform.brokenInvariants(tenant.record))
        }
      }
      let outcomes = try await group.reduce(into: [Outcome]()) { $0.append($1) }
      return outcomes.sorted { $0.tenant.slug < $1.tenant.slug }
    }
  }
}

extension Platform {
  /// The invariants that do not hold in a tenant's books, each with the number of findings.
  func brokenInvariants(_ record: TenantRecord) async throws -> [String] {
    let offences = try await InvariantCheck.run(in: try await operatorTenant(record, reason: "invariants"))
    return Dictionary(grouping: offences, by: \.check).map { "\($0.key): \($0.value.count)" }.sorted()
  }
}
