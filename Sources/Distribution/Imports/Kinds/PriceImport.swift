import BulkheadCore
import BulkheadData

/// Price rules from a file.
struct PriceImport: ImportWork {
  private enum Holder: Hashable, Sendable {
    case list(String)
    case customer(String)
    case group(String)

    var field: String {
      switch self {
      case .list: "priceList"
      case .customer: "customer"
      case .group: "customerGroup"
      }
    }
  }

  private struct New: Sendable {
    let row: Int
    let holder: Holder
    let product: ProductReference?
    let category: String?
    let currency: Currency
    let kind: PriceRule.Kind
    let value, surcharge: UnitPrice
    let rounding: UnitPrice?
    let minimum: Quantity
    let priority: Int64
    let validFrom, validTo: CivilDate?

    /// A rule for the same holder, subject, threshold and days would only be shadowed.
    var key: String {
      [
        "\(holder)", product.map { "\($0)" } ?? category ?? "", currency.code, minimum.description, "\(priority)",
        validFrom?.description ?? "", validTo?.description ?? "",
      ].joined(separator: " ")
    }
  }

  private let rows: [ImportRow]
  private var rules: [New] = []

  init(_ rows: [ImportRow], _ outcome: inout ImportOutcome) {
    self.rows = rows
    for (index, row) in rows.enumerated() where !outcome.isRefused(index) {
      do throws(ImportRefusal) { rules.append(try Self.read(row, index)) } catch { outcome.refuse(index, error) }
    }
  }

  private static func read(_ row: ImportRow, _ index: Int) throws(ImportRefusal) -> New {
    let product = try row.product()
    let category = try row.text("category", max: 40)
    guard product == nil || category == nil else {
      throw row.refusal(.referenceMissing, "A rule is for a product or for a category.", "category")
    }
    let kind: PriceRule.Kind = try row.oneOf("kind", ["fixed", "percent"]) == "percent" ? .percent : .fixed
    let rule = New(
      row: index, holder: try holder(row), product: product, category: category,
      currency: try row.required(try row.currency("currency"), "currency"), kind: kind,
      value: try row.required(try row.price("value"), "value"),
      surcharge: try row.price("surcharge") ?? .zero, rounding: try row.price("rounding"),
      minimum: try row.measure("minQuantity") ?? .zero,
      priority: try row.integer("priority", Int64(Int32.min)...Int64(Int32.max)) ?? 0,
      validFrom: try row.date("validFrom"), validTo: try row.date("validTo"))
    try check(rule, row)
    return rule
  }

  private static func holder(_ row: ImportRow) throws(ImportRefusal) -> Holder {
    var found: [Holder] = []
    if let code = try row.text("priceList", max: 40) { found.append(.list(code)) }
    if let code = try row.text("customer", max: 40) { found.append(.customer(code)) }
    if let code = try row.text("customerGroup", max: 40) { found.append(.group(code)) }
    guard let holder = found.first, found.count == 1 else {
      throw row.refusal(
        .referenceMissing, "Exactly one of priceList, customer and customerGroup holds a rule.", "priceList")
    }
    return holder
  }

  /// The rules of `NewPriceRule.check`, with the column named, and those of its table.
  private static func check(_ rule: New, _ row: ImportRow) throws(ImportRefusal) {
    if let step = rule.rounding, step.isNegative || step == .zero {
      throw row.refusal(.priceRuleInvalid, "It is rounded to a multiple of more than zero.", "rounding")
    }
    if let from = rule.validFrom, let to = rule.validTo, to < from {
      throw row.refusal(.priceRuleInvalid, "The rule ends before it begins.", "validTo")
    }
    let holder: NewPriceRule.Holder =
      switch rule.holder {
      case .list: .list(.zero)
      case .customer, .group: .customer(.zero)
      }
    do throws(Refusal) {
      try NewPriceRule(
        holder: holder, subject: .everything, currency: rule.currency, kind: rule.kind, value: rule.value
      ).check()
    } catch {
      let name = error.violations.first?.pointer == "/kind" ? "kind" : "value"
      throw row.refusal(error.code, error.detail, name)
    }
  }

  var claims: [ImportClaim] {
    rules.map { ImportClaim(key: "price " + $0.key, row: $0.row, column: "value", what: "price") }
  }

  private struct Found {
    var lists: [String: (id: EntityID, currency: String)] = [:]
    var customers: [String: EntityID] = [:]
    var groups: [String: EntityID] = [:]
    var categories: [String: EntityID] = [:]
    var products: [Int: EntityID] = [:]
  }

  private func lookUp(_ tx: Transaction) async throws -> Found {
    let mentioned = rules.filter { $0.product != nil }
    let lookup = try ProductLookup(
      mentioned.compactMap { rule in rule.product.map { ProductMention($0, unit: nil) } }, customer: nil, pointer: "")
    func codes(_ code: (New) -> String?) -> SQLValue { .texts(Array(Set(rules.compactMap(code)))) }
    let rows = try await tx.run(
      [
        Query(ImportLookups.priceLists, codes { if case .list(let code) = $0.holder { code } else { nil } }),
        Query(ImportLookups.parties, codes { if case .customer(let code) = $0.holder { code } else { nil } }),
        Query(ImportLookups.customerGroups, codes { if case .group(let code) = $0.holder { code } else { nil } }),
        Query(ImportLookups.categories, codes { $0.category }),
      ] + lookup.queries)
    var found = Found()
    for row in rows[0] { found.lists[try row.text(0)] = (try row.id(1), try row.text(2)) }
    for row in rows[1] { found.customers[try row.text(0)] = try row.id(1) }
    for row in rows[2] { found.groups[try row.text(0)] = try row.id(1) }
    for row in rows[3] { found.categories[try row.text(0)] = try row.id(1) }
    for (rule, product) in zip(mentioned, try lookup.products(rows.dropFirst(4))) {
      found.products[rule.row] = product?.id
    }
    return found
  }

  func decide(_ outcome: inout ImportOutcome, writes: Bool, _ services: Services, in tx: Transaction) async throws {
    let found = try await lookUp(tx)
    var accepted: [(New, NewPriceRule)] = []
    for rule in rules where !outcome.isRefused(rule.row) {
      do throws(ImportRefusal) { accepted.append((rule, try made(rule, found))) } catch {
        outcome.refuse(rule.row, error)
      }
    }
    outcome.made = accepted.count
    guard writes, !accepted.isEmpty else { return }
    try tx.enqueue(PriceRuleBatch.insert(accepted.map(\.1), services.ambient))
  }

  private func made(_ rule: New, _ found: Found) throws(ImportRefusal) -> NewPriceRule {
    let row = rows[rule.row]
    let unknown = row.refusal(.referenceUnknown, "There is nothing of this code.", rule.holder.field)
    let holder: NewPriceRule.Holder
    switch rule.holder {
    case .list(let code):
      guard let list = found.lists[code] else { throw unknown }
      guard list.currency == rule.currency.code else {
        throw row.refusal(.currencyMismatch, "The list is in \(list.currency).", "currency")
      }
      holder = .list(list.id)
    case .customer(let code):
      guard let id = found.customers[code] else { throw unknown }
      holder = .customer(id)
    case .group(let code):
      guard let id = found.groups[code] else { throw unknown }
      holder = .group(id)
    }
    return NewPriceRule(
      holder: holder, subject: try subject(rule, found, row), currency: rule.currency, kind: rule.kind,
      value: rule.value, surcharge: rule.surcharge, rounding: rule.rounding, minimum: rule.minimum,
      priority: rule.priority, validFrom: rule.validFrom, validTo: rule.validTo)
  }

  private func subject(
    _ rule: New, _ found: Found, _ row: ImportRow
  ) throws(ImportRefusal) -> NewPriceRule.Subject {
    if let product = rule.product {
      guard let id = found.products[rule.row] else {
        throw row.refusal(.referenceUnknown, "There is no such product.", product.member)
      }
      return .product(id)
    }
    guard let category = rule.category else { return .everything }
    guard let id = found.categories[category] else {
      throw row.refusal(.referenceUnknown, "There is no such category.", "category")
    }
    return .category(id)
  }
}
