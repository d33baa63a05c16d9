import BulkheadCore

/// A price with the whole way to it: which list price, which rule, which steps. Stored with the order line, so that it
/// can be explained years later, whatever the rules say then.
public struct PriceDecision: Sendable {
  public struct Step: Sendable {
    /// `list`, `contract`, `customer`, `group`, `rounding` or `surcharge`.
    public let name: String
    public let ruleID: EntityID
    /// What the step did: `12.50`, `-10%`.
    public let applied: String
    /// The price after it.
    public let price: UnitPrice

    init(name: String, ruleID: EntityID, applied: String, price: UnitPrice) {
      self.name = name
      self.ruleID = ruleID
      self.applied = applied
      self.price = price
    }

    /// Reads what `json` wrote.
    init(_ json: JSON) throws(Refusal) {
      guard let name = json["step"]?.string, let rule = json["ruleId"]?.id, let applied = json["applied"]?.string,
        let price = json["price"]?.string
      else { throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a price step is not readable") }
      self.init(name: name, ruleID: rule, applied: applied, price: try UnitPrice(price))
    }

    public var json: JSON {
      ["step": .string(name), "ruleId": .id(ruleID), "applied": .string(applied), "price": price.json]
    }
  }

  /// Price of one base unit.
  public let price: UnitPrice
  /// The price that percentages were taken of: the list price, or the fixed price where no list has one.
  public let listPrice: UnitPrice
  /// The rule that decided.
  public let ruleID: EntityID
  public let source: PriceSource
  public let steps: [Step]
}

/// Chooses among rules. The same rules in any order give the same decision.
///
/// Precedence: contract, customer, group, list. Within one source: the product before its nearest category before
/// everything; then the greatest quantity threshold reached; then priority; then the newer rule. Among lists the
/// customer's own comes before its parents. A percentage is of the list price.
struct PriceBook: Sendable {
  private let bySubject: [EntityID: [PriceRule]]
  private let listRank: [EntityID: Int]

  /// `lists`: the customer's price list and its parents, nearest first.
  init(_ rules: [PriceRule], lists: [EntityID]) {
    bySubject = Dictionary(grouping: rules, by: \.subjectID)
    listRank = Dictionary(lists.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// `nil`: no rule sets a price for this product.
  func decide(product: EntityID, categories: [EntityID], quantity: Quantity) throws(Refusal) -> PriceDecision? {
    let subjects = [product] + categories + [.zero]
    var list: Candidate?
    var special: Candidate?
    for (closeness, subject) in subjects.enumerated() {
      for rule in bySubject[subject] ?? [] where rule.minimum <= quantity {
        let candidate = Candidate(rule: rule, closeness: closeness, listRank: listRank[rule.holderID] ?? 0)
        if rule.source == .list {
          if list.map({ candidate.precedes($0) }) ?? true { list = candidate }
        } else if special.map({ candidate.precedes($0) }) ?? true {
          special = candidate
        }
      }
    }
    return try Self.apply(list: list?.rule, special: special?.rule)
  }

  private static func apply(list: PriceRule?, special: PriceRule?) throws(Refusal) -> PriceDecision? {
    var steps: [PriceDecision.Step] = []
    var price: UnitPrice?
    if let list { price = try run(list, on: nil, &steps) }
    let listPrice = price
    // A percentage of a price that does not exist is no price.
    if let special, special.kind == .fixed || price != nil { price = try run(special, on: price, &steps) }
    guard let price, let rule = special ?? list else { return nil }
    return PriceDecision(
      price: price, listPrice: listPrice ?? price, ruleID: rule.id, source: rule.source, steps: steps)
  }

  /// One rule: its value, then its rounding, then its surcharge. Never below zero.
  private static func run(
    _ rule: PriceRule, on input: UnitPrice?, _ steps: inout [PriceDecision.Step]
  ) throws(Refusal) -> UnitPrice {
    var price: UnitPrice
    switch rule.kind {
    case .fixed:
      price = rule.value
      steps.append(.init(name: rule.source.rawValue, ruleID: rule.id, applied: "\(rule.value)", price: price))
    case .percent:
      price = try (input ?? .zero).changed(byPercent: rule.value)
      steps.append(.init(name: rule.source.rawValue, ruleID: rule.id, applied: percentText(rule.value), price: price))
    }
    if let step = rule.rounding {
      price = try price.rounded(to: step)
      steps.append(.init(name: "rounding", ruleID: rule.id, applied: "\(step)", price: price))
    }
    if rule.surcharge != .zero {
      price = max(try price.adding(rule.surcharge), .zero)
      steps.append(.init(name: "surcharge", ruleID: rule.id, applied: "\(rule.surcharge)", price: price))
    }
    return price
  }

  private static func percentText(_ value: UnitPrice) -> String {
    DecimalText.text(value.scaled, scale: UnitPrice.scale, fractionMin: 0) + "%"
  }

  private struct Candidate {
    let rule: PriceRule
    let closeness: Int
    let listRank: Int

    func precedes(_ other: Candidate) -> Bool {
      let mine = Self.order.firstIndex(of: rule.source) ?? Self.order.count
      let theirs = Self.order.firstIndex(of: other.rule.source) ?? Self.order.count
      if mine != theirs { return mine < theirs }
      if listRank != other.listRank { return listRank < other.listRank }
      if closeness != other.closeness { return closeness < other.closeness }
      if rule.minimum != other.rule.minimum { return rule.minimum > other.rule.minimum }
      if rule.priority != other.rule.priority { return rule.priority > other.rule.priority }
      return rule.id > other.rule.id
    }

    static let order = PriceSource.allCases
  }
}
