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
    @Sendable (_ method: String, _ path: String, _ token: String, _ body: Story.Body) async throws -> Reply

  /// The system must have a worker: documents and messages leave by jobs.
  ///
  /// - Parameter hears: told every line of every tenant's story as it comes.
  static func play(
    _ tenants: [FieldTenant], on platform: Platform, call: @escaping Call,
    hears: @escaping @Sendable (FieldTenant, Story.Line) -> Void = { _, _ in }
  ) async throws -> [Outcome] {
    let mailbox = try await PartnerMailbox.open()
    do {
      let outcomes = try await play(tenants, on: platform, mailbox, call, hears)
      await mailbox.close()
      return outcomes
    } catch {
      await mailbox.close()
      throw error
    }
  }

  private static func play(
    _ tenants: [FieldTenant], on platform: Platform, _ mailbox: PartnerMailbox, _ call: @escaping Call,
    _ hears: @escaping @Sendable (FieldTenant, Story.Line) -> Void
  ) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for tenant in tenants {
        group.addTask {
          // The one thing in which the companies must differ: an address belongs to one tenant of the installation.
          let address = "CO" + tenant.slug.filter { $0.isLetter || $0.isNumber }.uppercased().suffix(10)
          try await platform.allot(scheme: "x12", address: "ZZ:\(address)", to: tenant.record)
          let story = Story(
            ask: { method, path, body in try await call(method, path, tenant.token, body) },
            hears: { line in hears(tenant, line) })
          try await OrderToCash(story: story, address: address, mailbox: mailbox).tell()
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
