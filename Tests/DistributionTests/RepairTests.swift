import BulkheadCore
import BulkheadServer
import Testing

@testable import Distribution

@Suite("Repairs, as they are written down")
struct RepairTests {
  @Test("every invariant knows what ends an offence against it, and nothing else is advised about")
  func advised() {
    #expect(Set(InvariantCheck.corrections.keys) == Set(InvariantCheck.all.map(\.name)))
  }

  @Test("advice is filled in with the offence's own figures")
  func filledIn() {
    let offence = InvariantCheck.Offence(check: "I5", subject: "MAIN", expected: "31000", found: "31100")
    let advice = InvariantCheck.advice(on: offence)
    #expect(advice.contains("an entry over -100 minor units is missing in the books of MAIN"), "\(advice)")
    for check in InvariantCheck.all {
      let advice = InvariantCheck.advice(
        on: InvariantCheck.Offence(check: check.name, subject: "S", expected: "1.5", found: "0.5"))
      for left in ["{subject}", "{expected}", "{found}", "{difference}"] {
        #expect(!advice.contains(left), "\(check.name): \(advice)")
      }
    }
  }

  @Test("a difference is told where both sides are numbers, and said in words where they are not")
  func differences() {
    func difference(_ expected: String, _ found: String) -> String {
      InvariantCheck.Offence(check: "I6", subject: "S", expected: expected, found: found).difference
    }
    #expect(difference("60", "57") == "3")
    #expect(difference("60.000000", "60.500000") == "-0.5")
    #expect(difference("none", "60") == "the difference")
    #expect(difference("\(Int64.max)", "-1") == "the difference")
  }

  @Test("whatever route is advised exists")
  func routes() throws {
    let module = DistributionModule(Services(outbox: Mute(), audit: Mute()))
    let known = Set(module.routes().map(\.path))
    for (check, text) in InvariantCheck.corrections {
      for word in text.split(whereSeparator: { " \n(),;".contains($0) }) where word.hasPrefix("/v1/") {
        let path = word.hasSuffix(".") ? String(word.dropLast()) : String(word)
        #expect(known.contains(path), "\(check) advises \(path)")
      }
    }
  }

  @Test("what is derived is each derived once, and named after the invariant that finds it wrong")
  func figures() {
    let checks = Set(InvariantCheck.all.map(\.name))
    var seen: Set<String> = []
    for figures in DerivedFigures.all {
      #expect(!figures.locks.isEmpty, "\(figures.table)")
      #expect(figures.find.text.description.hasSuffix("LIMIT \(DerivedFigures.rowsMax)"), "\(figures.table)")
      for column in figures.columns {
        #expect(checks.contains(column.check), "\(figures.table).\(column.name)")
        #expect(seen.insert("\(figures.table).\(column.name)").inserted)
      }
    }
    let posted = ["ledger_entry", "ledger_line", "stock_move", "invoice_line", "receipt", "layer_consumption"]
    #expect(DerivedFigures.all.allSatisfy { !posted.contains($0.table) })
  }
}

/// Recorders that record nothing.
private struct Mute: OutboxRecorder, AuditRecorder {
  func query(topic: String, key: String, payload: JSON, context: TenantContext) -> Query {
    Query(Statement("SELECT 1"))
  }
  func query(_ events: [EventRecord], context: TenantContext) -> Query { Query(Statement("SELECT 1")) }
  func query(_ act: String, subject: String, detail: JSON, context: TenantContext) -> Query {
    Query(Statement("SELECT 1"))
  }
}
