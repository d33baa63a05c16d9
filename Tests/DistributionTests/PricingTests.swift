import BulkheadCore
import Testing

@testable import Distribution

@Suite("Price decisions")
struct PricingTests {
  private let product = id(1)
  private let category = id(2)
  private let parentCategory = id(3)
  private let customer = id(10)
  private let group = id(11)
  private let list = id(20)
  private let parentList = id(21)

  private func rule(
    _ number: UInt64, _ source: PriceSource, holder: EntityID, subject: EntityID? = nil,
    kind: PriceRule.Kind = .fixed, _ value: String, minimum: Int32 = 0, priority: Int64 = 0,
    surcharge: String = "0", rounding: String? = nil
  ) throws -> PriceRule {
    PriceRule(
      id: id(number), source: source, holderID: holder, subjectID: subject ?? product, kind: kind,
      value: try UnitPrice(value), surcharge: try UnitPrice(surcharge),
      rounding: try rounding.map { try UnitPrice($0) },
      minimum: Quantity(minimum), priority: priority)
  }

  private func decide(_ rules: [PriceRule], quantity: Int32 = 100) throws -> PriceDecision? {
    try PriceBook(rules, lists: [list, parentList]).decide(
      product: product, categories: [category, parentCategory], quantity: Quantity(quantity))
  }

  @Test("list 12.50 and a contract of -10 % make 11.25, with every step told")
  func contract() throws {
    let decision = try #require(
      try decide([
        rule(1, .list, holder: list, "12.50"),
        rule(2, .contract, holder: customer, subject: .zero, kind: .percent, "-10"),
      ]))
    #expect(decision.price.description == "11.25")
    #expect(decision.listPrice.description == "12.50")
    #expect(decision.ruleID == id(2))
    #expect(decision.steps.map(\.name) == ["list", "contract"])
    #expect(decision.steps.map(\.applied) == ["12.50", "-10%"])
    #expect(decision.steps.map(\.price.description) == ["12.50", "11.25"])
  }

  @Test("contract before customer before group before list")
  func precedence() throws {
    let rules = [
      try rule(1, .list, holder: list, "12.50"), try rule(2, .group, holder: group, "12.00"),
      try rule(3, .customer, holder: customer, "11.50"), try rule(4, .contract, holder: customer, "13.00"),
    ]
    #expect(try decide(rules)?.ruleID == id(4))
    #expect(try decide(Array(rules.prefix(3)))?.ruleID == id(3))
    #expect(try decide(Array(rules.prefix(2)))?.ruleID == id(2))
    #expect(try decide(Array(rules.prefix(1)))?.ruleID == id(1))
    #expect(try decide([]) == nil)
  }

  @Test("the product before its nearest category before the parent category before everything")
  func closeness() throws {
    let rules = [
      try rule(1, .customer, holder: customer, subject: .zero, "4"),
      try rule(2, .customer, holder: customer, subject: parentCategory, "3"),
      try rule(3, .customer, holder: customer, subject: category, "2"),
      try rule(4, .customer, holder: customer, subject: product, "1"),
    ]
    for count in 1...4 { #expect(try decide(Array(rules.prefix(count)))?.ruleID == id(UInt64(count))) }
  }

  @Test("a quantity threshold counts once it is reached, and the greatest reached wins")
  func thresholds() throws {
    let rules = [
      try rule(1, .list, holder: list, "12.50"), try rule(2, .list, holder: list, "12.00", minimum: 50),
      try rule(3, .list, holder: list, "11.00", minimum: 200),
    ]
    #expect(try decide(rules, quantity: 49)?.ruleID == id(1))
    #expect(try decide(rules, quantity: 50)?.ruleID == id(2))
    #expect(try decide(rules, quantity: 200)?.ruleID == id(3))
  }

  @Test("the customer's own list before its parent, which fills the gaps")
  func lists() throws {
    let parent = try rule(1, .list, holder: parentList, "10")
    let own = try rule(2, .list, holder: list, subject: category, "11")
    #expect(try decide([parent, own])?.ruleID == id(2))
    #expect(try decide([parent])?.ruleID == id(1))
  }

  @Test("a percentage of a price that does not exist is no price")
  func percentOfNothing() throws {
    #expect(try decide([rule(1, .contract, holder: customer, kind: .percent, "-10")]) == nil)
    #expect(try decide([rule(1, .contract, holder: customer, kind: .fixed, "9")])?.price.description == "9.00")
  }

  @Test("rounding comes before the surcharge, and nothing costs less than nothing")
  func roundingAndSurcharge() throws {
    let rules = [
      try rule(1, .list, holder: list, "12.50"),
      try rule(2, .customer, holder: customer, kind: .percent, "-7", surcharge: "0.02", rounding: "0.05"),
    ]
    let decision = try #require(try decide(rules))
    #expect(decision.steps.map(\.price.description) == ["12.50", "11.625", "11.65", "11.67"])
    let free = try decide([rules[0], rule(3, .contract, holder: customer, kind: .percent, "-100", surcharge: "-1")])
    #expect(free?.price == .zero)
  }

  @Test("the order in which rules are read makes no difference", arguments: [UInt64(7), 42])
  func deterministic(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    var rules: [PriceRule] = []
    for number in 1...60 {
      let source = PriceSource.allCases[Int(random.next() % 4)]
      let subjects = [product, category, parentCategory, .zero]
      rules.append(
        try rule(
          UInt64(number), source, holder: source == .list ? (random.next() % 2 == 0 ? list : parentList) : customer,
          subject: subjects[Int(random.next() % 4)], "\(random.next() % 100)", minimum: Int32(random.next() % 3),
          priority: Int64(random.next() % 3)))
    }
    let expected = try decide(rules)?.ruleID
    for _ in 0..<50 {
      for index in rules.indices.reversed() where index > 0 {
        rules.swapAt(index, Int(random.next() % UInt64(index + 1)))
      }
      #expect(try decide(rules)?.ruleID == expected, "seed \(seed)")
    }
  }
}

/// A readable id for tests.
func id(_ number: UInt64) -> EntityID { EntityID(high: 0, low: number) }
