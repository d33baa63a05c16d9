import BulkheadCore
import BulkheadData
import Distribution

@testable import bulkhead

/// Plays what four workers of two fresh companies do, all at the same time, and looks into the books afterwards.
struct Trial: Sendable {
  let system: TestSystem
  let tier: Tier

  /// What is wrong in either company's books, and requests that were neither done nor refused with a reason.
  func findings(_ play: Play) async throws -> [String] { try await run(play).findings }

  func run(_ play: Play) async throws -> (findings: [String], done: Set<Act.Kind>) {
    var companies: [Company] = []
    for _ in 0..<2 {
      let tenant = try await persistently { try await system.tenant(tier) }
      let company = Company(system, tenant)
      try await company.prepare()
      companies.append(company)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, company) in companies.enumerated() {
        for worker in 0..<2 {
          let acts = play.acts.filter { $0.company == number && $0.worker == worker }
          group.addTask { for act in acts { try await company.play(act) } }
        }
      }
      try await group.waitForAll()
    }
    var findings: [String] = []
    var done: Set<Act.Kind> = []
    for company in companies {
      findings += await company.findings
      done.formUnion(await company.done)
      let offences = try await persistently {
        try await InvariantCheck.run(
          in: try await system.platform.operatorTenant(company.tenant.record, reason: "chain"))
      }
      for offence in offences {
        findings.append("\(offence.check) \(offence.subject): \(offence.found) instead of \(offence.expected)")
      }
    }
    return (findings, done)
  }

  /// Another play's crash may end the session of what this one does beside its workers.
  private func persistently<Result>(_ body: () async throws -> Result) async throws -> Result {
    for _ in 0..<20 {
      do { return try await body() } catch let error as DataError where error.kind == .connectionLost {}
    }
    return try await body()
  }

  /// The shortest play that still shows something: delta debugging over the acts (Zeller and Hildebrandt, 2002). Workers
  /// race, so what shows nothing is played once more.
  func shortest(_ play: Play, trialsMax: Int = 60) async throws -> Play {
    var best = play.acts
    var trials = 0
    func fails(_ acts: [Act]) async throws -> Bool {
      for _ in 0..<2 where trials < trialsMax {
        trials += 1
        if try await !findings(Play(acts: acts)).isEmpty { return true }
      }
      return false
    }
    var parts = 2
    while best.count > 1, trials < trialsMax {
      let size = max(1, best.count / parts)
      var isShorter = false
      for start in stride(from: 0, to: best.count, by: size) {
        let candidate = Array(best[..<start] + best[min(best.count, start + size)...])
        guard !candidate.isEmpty, try await fails(candidate) else { continue }
        best = candidate
        isShorter = true
        break
      }
      if isShorter { parts = max(2, parts - 1) } else if size == 1 { break } else { parts = min(best.count, parts * 2) }
    }
    return Play(acts: best)
  }
}
