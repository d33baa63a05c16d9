import BulkheadCore
import Testing

@testable import Distribution

@Suite("Taxes")
struct TaxTests {
  private func rule(
    _ number: UInt64, category: String? = nil, country: String? = nil, region: String? = nil, exemption: String? = nil
  ) -> TaxRule {
    TaxRule(
      id: id(number), category: category, country: country, region: region, exemption: exemption, codeID: id(99))
  }

  private func rate(_ jurisdiction: String, _ percent: String) throws -> TaxRate {
    TaxRate(code: "SALES", jurisdiction: jurisdiction, percent: try UnitPrice(percent))
  }

  @Test("the narrowest rule holds: exemption before region before country before category")
  func narrowest() {
    let rules = [
      rule(1), rule(2, category: "FOOD"), rule(3, country: "US"), rule(4, category: "FOOD", country: "US"),
      rule(5, country: "US", region: "NY"), rule(6, exemption: "RESALE"),
    ]
    let cases: [(TaxRule.Subject, UInt64)] = [
      (.init(category: nil, country: nil, region: nil, exemption: nil), 1),
      (.init(category: "FOOD", country: "DE", region: nil, exemption: nil), 2),
      (.init(category: "TOYS", country: "US", region: "CA", exemption: nil), 3),
      (.init(category: "FOOD", country: "US", region: "CA", exemption: nil), 4),
      (.init(category: "FOOD", country: "US", region: "NY", exemption: nil), 5),
      (.init(category: "FOOD", country: "US", region: "NY", exemption: "RESALE"), 6),
      (.init(category: nil, country: nil, region: nil, exemption: "EXPORT"), 1),
    ]
    for (subject, expected) in cases {
      #expect(TaxRule.decide(rules, subject)?.id == id(expected), "\(subject)")
      #expect(TaxRule.decide(rules.reversed(), subject)?.id == id(expected), "whatever the order: \(subject)")
    }
    #expect(TaxRule.decide([rule(5, country: "US", region: "NY")], cases[1].0) == nil)
  }

  @Test("two jurisdictions take their parts of 675.00: 33.75 and 20.25 are 54.00")
  func components() throws {
    let line = TaxComputation.Line(net: 675_00, rates: [try rate("State", "5"), try rate("County", "3")])
    for rounding in TaxRounding.allCases {
      let parts = try TaxComputation.parts([line], rounding)
      #expect(
        parts == [
          [
            TaxPart(rate: try rate("State", "5"), base: 675_00, tax: 33_75),
            TaxPart(rate: try rate("County", "3"), base: 675_00, tax: 20_25),
          ]
        ])
    }
  }

  @Test("three lines of 0.33 at 7 %: 0.06 by line, 0.07 by document, shared out to the lines that were cut most")
  func rounding() throws {
    let seven = try rate("State", "7")
    let lines = [33, 33, 33].map { TaxComputation.Line(net: $0, rates: [seven]) }
    #expect(try TaxComputation.parts(lines, .line).map { $0.map(\.tax) } == [[2], [2], [2]])
    // 0.99 * 7 % = 0.0693; each line is 0.0231, so the first gets the cent that is left.
    #expect(try TaxComputation.parts(lines, .document).map { $0.map(\.tax) } == [[3], [2], [2]])
  }

  @Test("by document, the parts of every rate add up to the rounded tax of its whole base", arguments: 1...40)
  func documentAddsUp(seed: Int) throws {
    let rates = [try rate("State", "6.25"), try rate("City", "1.125"), try rate("County", "0.333333")]
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let lines = (0..<Int(1 + next(12))).map { _ in
      TaxComputation.Line(net: Int64(next(100_000)), rates: rates.filter { _ in next(3) > 0 })
    }
    let parts = try TaxComputation.parts(lines, .document)
    for rate in rates {
      let taxed = lines.filter { $0.rates.contains(rate) }
      let base = taxed.reduce(Int128(0)) { $0 + Int128($1.net) }
      let whole = Rounding.product(base, rate.percent.scaled, over: 10_000_000_000)
      let shared = parts.joined().filter { $0.rate == rate }.reduce(Int128(0)) { $0 + Int128($1.tax) }
      #expect(shared == whole, "seed \(seed)")
    }
    for (line, parts) in zip(lines, parts) { #expect(parts.map(\.rate) == line.rates) }
  }
}
