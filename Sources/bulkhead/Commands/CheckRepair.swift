import ArgumentParser
import BulkheadCore
import BulkheadData
import BulkheadReport
import Distribution

/// Repairs tenants' derived figures, or tells what a repair would do.
struct CheckRepair {
  let platform: Platform
  /// `false`: nothing stays.
  let applies: Bool
  let json: Bool

  /// How many figures were wrong and how many findings people have to correct, over all tenants.
  func run(_ records: [TenantRecord]) async throws -> Int {
    let desk = RepairDesk(platform.services)
    var findings = 0
    for record in records {
      let reason = applies ? "bulkhead check --repair" : "bulkhead check --repair --dry-run"
      let tenant = try await platform.operatorTenant(record, reason: reason)
      let report: RepairReport
      do { report = try await explained { try await desk.repair(tenant, applies: applies) } } catch is ExitCode {
        // One tenant's trouble is no reason to leave the others as they are.
        Console.failure("\(record.slug): not repaired")
        findings += 1
        continue
      }
      findings += report.repairs.count + report.proposals.count
      if json { lines(report, record).forEach(Console.result) } else { Console.result(text(report, record)) }
    }
    return findings
  }

  private func text(_ report: RepairReport, _ record: TenantRecord) -> String {
    guard !report.isClean else { return "\(record.slug): nothing to repair" }
    var table = Table(
      ["CHECK", "FIGURE", "OF", "IS", "BECOMES", "PROOF"], [.left, .left, .left, .right, .right, .left])
    for repair in report.repairs {
      table.add([
        repair.check, repair.figure, "\(repair.subject) (\(repair.row))", repair.was, repair.becomes, repair.proof,
      ])
    }
    let verb = applies ? "repaired" : "would be repaired"
    var parts = ["\(record.slug): \(report.repairs.count) figures \(verb)"]
    if !report.repairs.isEmpty { parts.append(table.text) }
    for proposal in report.proposals {
      let offence = proposal.offence
      parts.append(
        """
        \(record.slug): \(offence.check) stays broken: \(offence.subject) should be \(offence.expected) and is \
        \(offence.found). \(proposal.advice)
        """)
    }
    return parts.joined(separator: "\n")
  }

  private func lines(_ report: RepairReport, _ record: TenantRecord) -> [JSON] {
    report.repairs.map { repair in
      [
        "tenant": .string(record.slug), "check": .string(repair.check), "figure": .string(repair.figure),
        "row": .string("\(repair.row)"), "subject": .string(repair.subject), "is": .string(repair.was),
        "becomes": .string(repair.becomes), "proof": .string(repair.proof), "applied": .bool(applies),
      ]
    }
      + report.proposals.map { proposal in
        [
          "tenant": .string(record.slug), "check": .string(proposal.offence.check),
          "subject": .string(proposal.offence.subject), "expected": .string(proposal.offence.expected),
          "found": .string(proposal.offence.found), "advice": .string(proposal.advice),
        ]
      }
  }
}
