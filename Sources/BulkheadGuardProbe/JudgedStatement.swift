import BulkheadCore
import BulkheadGuard

/// What must hold of every text that comes to the guard, whoever wrote it: the property that fuzzing looks for a
/// counterexample to, and that the tests run on a seeded set.
package enum JudgedStatement {
  package enum Verdict: Sendable, Equatable {
    case refused(code: String)
    case claimed(ranges: Int)
    /// A fault of the guard.
    case broken(String)
  }

  package static let schema = "app"

  package static let catalog = GuardCatalog(tables: [
    "product": .tenant, "stock": .tenant, "orders": .tenant, "order_line": .tenant, "currency": .reference,
  ])

  package static func judge(_ text: String, by wall: StatementGuard) -> Verdict {
    do throws(Refusal) {
      let guarded = try wall.check(text, schema: schema)
      return judge(guarded, by: wall, again: try wall.check(text, schema: schema))
    } catch {
      return .refused(code: error.code.name)
    }
  }

  private static func judge(
    _ guarded: GuardedStatement, by wall: StatementGuard, again: GuardedStatement
  ) -> Verdict {
    guard guarded == again else { return .broken("two verdicts on one text") }
    guard guarded.tenantParameter == nil || guarded.tenantParameter == guarded.parameterCount + 1 else {
      return .broken("the tenant's parameter is not the last")
    }
    let report = RangeAudit.report(
      guarded.text, schema: schema, referenceTables: ["currency"], tenantParameter: guarded.tenantParameter)
    guard report.faults.isEmpty else { return .broken(report.faults.joined(separator: "; ")) }
    return fixedPoint(of: guarded, by: wall).map { .broken($0) } ?? .claimed(ranges: report.ranges)
  }

  /// Rewritten text that names a table is refused when it comes in again, so that nobody brings a qualified name or a
  /// predicate of his own; text without tables comes out as it went in.
  private static func fixedPoint(of guarded: GuardedStatement, by wall: StatementGuard) -> String? {
    do throws(Refusal) {
      let second = try wall.check(guarded.text, schema: schema)
      guard guarded.tables.isEmpty else { return "rewritten text is claimed again" }
      return second.text == guarded.text ? nil : "rewritten differently the second time"
    } catch {
      return guarded.tables.isEmpty ? "what was written is refused: \(error.diagnostic ?? error.code.name)" : nil
    }
  }
}
