import BulkheadCore
import Testing

@testable import bulkhead

@Suite("The attack battery", .serialized)
struct BatteryTests {
  @Test("every attack is stopped, and gets through where its wall has been taken away")
  func battery() async throws {
    let battery = Battery(attacks: Catalogue.all, tiers: Tier.allCases, hasControls: true)
    let runs = try await battery.run { _, _, _ in }
    let report = AttackReport(runs: runs, hasControls: true, seconds: runs.reduce(0) { $0 + $1.seconds })
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
  }
}
