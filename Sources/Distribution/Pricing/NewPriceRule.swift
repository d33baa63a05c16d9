import BulkheadCore
import BulkheadData

/// A price rule to be made.
struct NewPriceRule: Sendable {
  enum Holder: Sendable {
    case list(EntityID)
    case customer(EntityID)
    case group(EntityID)
    /// The contract and its customer.
    case contract(EntityID, customer: EntityID)
  }

  enum Subject: Sendable {
    case product(EntityID)
    case category(EntityID)
    case everything
  }

  let holder: Holder
  let subject: Subject
  let currency: Currency
  let kind: PriceRule.Kind
  let value: UnitPrice
  let surcharge: UnitPrice
  let rounding: UnitPrice?
  let minimum: Quantity
  let priority: Int64
  let validFrom: CivilDate?
  let validTo: CivilDate?

  init(
    holder: Holder, subject: Subject, currency: Currency, kind: PriceRule.Kind, value: UnitPrice,
    surcharge: UnitPrice = .zero, rounding: UnitPrice? = nil, minimum: Quantity = .zero, priority: Int64 = 0,
    validFrom: CivilDate? = nil, validTo: CivilDate? = nil
  ) {
    self.holder = holder
    self.subject = subject
    self.currency = currency
    self.kind = kind
    self.value = value
    self.surcharge = surcharge
    self.rounding = rounding
    self.minimum = minimum
    self.priority = priority
    self.validFrom = validFrom
    self.validTo = validTo
  }

  /// Refuses with `priceRule.invalid`: a list sets prices, it does not change them by a percentage; nothing costs less
  /// than nothing.
  func check() throws(Refusal) {
    if case .list = holder, kind == .percent {
      throw Refusal(.priceRuleInvalid, "A rule of a list sets a price: give value with kind fixed.", at: "/kind")
    }
    switch kind {
    case .fixed:
      guard !value.isNegative else { throw Refusal(.priceNegative, "A price cannot be negative.", at: "/value") }
    case .percent:
      guard value.scaled >= -100 * UnitPrice.one else {
        throw Refusal(.priceRuleInvalid, "A discount is at most 100 percent.", at: "/value")
      }
    }
  }

  func insert(_ id: EntityID) -> Query {
    var list: EntityID?
    var customer: EntityID?
    var group: EntityID?
    var contract: EntityID?
    let source: PriceSource
    switch holder {
    case .list(let id): (list, source) = (id, .list)
    case .customer(let id): (customer, source) = (id, .customer)
    case .group(let id): (group, source) = (id, .group)
    case .contract(let id, customer: let buyer): (contract, customer, source) = (id, buyer, .contract)
    }
    var product: EntityID?
    var category: EntityID?
    let scope: String
    switch subject {
    case .product(let id): (product, scope) = (id, "product")
    case .category(let id): (category, scope) = (id, "category")
    case .everything: scope = "global"
    }
    return Query(
      PricingRecords.insertRule, .id(id), .text(source.rawValue), .optional(list), .optional(customer),
      .optional(group), .optional(contract), .text(scope), .optional(product), .optional(category),
      .text(currency.code), .text(kind.rawValue), .price(value), .price(surcharge), .price(rounding),
      .quantity(minimum), .int(priority), .date(validFrom), .date(validTo))
  }
}
