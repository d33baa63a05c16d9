import BulkheadCore
import BulkheadData

/// Which tax code a line is taxed by. A criterion that is `nil` fits everything.
struct TaxRule: Sendable, Hashable {
  let id: EntityID
  let category: String?
  let country: String?
  let region: String?
  /// The reason for which a customer is exempt; `nil` fits every customer.
  let exemption: String?
  /// `nil`: no tax.
  let codeID: EntityID?

  /// What is taxed, where it goes and who buys it.
  struct Subject: Sendable, Hashable {
    let category: String?
    let country: String?
    let region: String?
    let exemption: String?
  }

  func fits(_ subject: Subject) -> Bool {
    func fits(_ wanted: String?, _ found: String?) -> Bool { wanted == nil || wanted == found }
    return fits(category, subject.category) && fits(country, subject.country) && fits(region, subject.region)
      && fits(exemption, subject.exemption)
  }

  /// How narrow the rule is: an exemption outweighs the place, the place outweighs the category.
  private var weight: Int {
    (exemption == nil ? 0 : 8) + (region == nil ? 0 : 4) + (country == nil ? 0 : 2) + (category == nil ? 0 : 1)
  }

  /// The narrowest rule that fits. Two rules of equal weight that fit the same subject say the same words, which the
  /// database does not allow, so the choice is never left to chance.
  static func decide(_ rules: [TaxRule], _ subject: Subject) -> TaxRule? {
    rules.filter { $0.fits(subject) }.max { ($0.weight, $1.id) < ($1.weight, $0.id) }
  }
}

/// The rate of one jurisdiction within a tax code.
struct TaxRate: Sendable, Hashable {
  let code: String
  let jurisdiction: String
  let percent: UnitPrice
}

/// The part of a line's tax that one jurisdiction takes.
struct TaxPart: Sendable, Hashable {
  let rate: TaxRate
  let base: Int64
  let tax: Int64
}

enum TaxRounding: String, Sendable, CaseIterable {
  /// Each part of each line is rounded.
  case line
  /// The sum of each rate is rounded, and shared out to the lines so that they add up to it.
  case document
}

/// Computes taxes, in minor units. Pure.
enum TaxComputation {
  /// 100 % in the scale of `percent`.
  private static let whole: Int128 = 100 * UnitPrice.one

  struct Line: Sendable {
    /// Never negative.
    let net: Int64
    let rates: [TaxRate]
  }

  /// The parts of every line, in the lines' order. Refuses with `money.overflow`.
  static func parts(_ lines: [Line], _ rounding: TaxRounding) throws(Refusal) -> [[TaxPart]] {
    switch rounding {
    case .line:
      var all: [[TaxPart]] = []
      for line in lines {
        var parts: [TaxPart] = []
        for rate in line.rates { parts.append(TaxPart(rate: rate, base: line.net, tax: try tax(line.net, rate))) }
        all.append(parts)
      }
      return all
    case .document: return try shared(lines)
    }
  }

  private static func tax(_ base: Int64, _ rate: TaxRate) throws(Refusal) -> Int64 {
    guard let tax = Rounding.product(Int128(base), rate.percent.scaled, over: whole), let minor = Int64(exactly: tax)
    else { throw Money.overflow }
    return minor
  }

  private static func shared(_ lines: [Line]) throws(Refusal) -> [[TaxPart]] {
    var all: [[TaxPart]] = lines.map { _ in [] }
    var seen: Set<TaxRate> = []
    for rate in lines.flatMap(\.rates) where seen.insert(rate).inserted {
      let taxed = lines.indices.filter { lines[$0].rates.contains(rate) }
      var base: Int64 = 0
      for index in taxed {
        let (sum, overflow) = base.addingReportingOverflow(lines[index].net)
        guard !overflow else { throw Money.overflow }
        base = sum
      }
      let shares = share(try tax(base, rate), taxed.map { lines[$0].net }, rate)
      for (index, share) in zip(taxed, shares) {
        all[index].append(TaxPart(rate: rate, base: lines[index].net, tax: share))
      }
    }
    // In the order of the line's own rates, however the document came to them.
    return zip(lines, all).map { line, parts in
      line.rates.compactMap { rate in parts.first { $0.rate == rate } }
    }
  }

  /// `total` by largest remainder: whoever was cut most gets the first minor unit that is left, the earlier line of two
  /// equals.
  private static func share(_ total: Int64, _ nets: [Int64], _ rate: TaxRate) -> [Int64] {
    let exact = nets.map { (Int128($0) * rate.percent.scaled).quotientAndRemainder(dividingBy: whole) }
    var shares = exact.map { Int64(truncatingIfNeeded: $0.quotient) }
    let left = Int(total - shares.reduce(0, +))
    let order = exact.indices.sorted { (exact[$1].remainder, $0) < (exact[$0].remainder, $1) }
    for index in order.prefix(max(0, left)) { shares[index] += 1 }
    return shares
  }
}
