import BulkheadAssess
import Testing

@Suite("The rules") struct RuleTests {
  @Test("no two rules share an id") func ids() {
    #expect(Set(Rule.all.map(\.id)).count == Rule.all.count)
  }
}
