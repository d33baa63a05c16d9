import BulkheadCore

/// What an order costs and where it is taken from: contract before list, oldest stock first, within the credit limit.
struct NaivePlan: Sendable {
  struct Wanted: Sendable {
    let sku: String
    let quantity: Int
  }

  struct Product: Sendable {
    let id: EntityID
    let sku: String
    let name: String
    let unit: String
  }

  struct Price: Sendable {
    /// In units of 10^-8.
    let scaled: Int64
    let listScaled: Int64
    let rule: EntityID
    let steps: JSON

    var text: String { decimal(scaled) }
    var listText: String { decimal(listScaled) }
  }

  struct Take: Sendable {
    let quant: EntityID
    let quantity: Int
  }

  struct Line: Sendable {
    let product: Product
    let quantity: Int
    let reserved: Int
    let price: Price
    let amountMinor: Int64
    let takes: [Take]
  }

  /// What the first round trip found.
  struct Terms: Sendable {
    let customer: EntityID
    let customerCode: String
    let currency: String
    let priceLists: [EntityID]
    let entity: EntityID
    let warehouse: EntityID
    let warehouseCode: String
    let products: [Product]

    init(_ customers: Rows, _ warehouses: Rows, _ products: Rows) throws {
      guard let row = customers.first, let warehouse = warehouses.first else { throw BenchFailure("no such customer") }
      guard try !row.bool(6) else { throw BenchFailure("the PO number is taken") }
      customer = try row.id(0)
      customerCode = try row.text(1)
      currency = try row.text(2)
      let lineage = row.textOrNil(4) ?? "{}"
      priceLists = lineage.dropFirst().dropLast().split(separator: ",").compactMap { EntityID($0) }
      entity = try row.id(5)
      self.warehouse = try warehouse.id(0)
      warehouseCode = try warehouse.text(1)
      self.products = try products.map { row in
        Product(id: try row.id(1), sku: try row.text(2), name: try row.text(3), unit: try row.text(4))
      }
    }
  }

  let lines: [Line]
  let totalMinor: Int64

  init(_ terms: Terms, _ wanted: [Wanted], rules: Rows, credit: Rows, stock: Rows) throws {
    guard terms.products.count == wanted.count else { throw BenchFailure("no such product") }
    var lines: [Line] = []
    for (index, want) in wanted.enumerated() {
      let product = terms.products[index]
      let price = try Self.price(product, rules)
      let takes = try Self.takes(product, want.quantity, stock)
      let amount = (price.scaled * Int64(want.quantity) + 500_000) / 1_000_000
      lines.append(
        Line(
          product: product, quantity: want.quantity, reserved: takes.reduce(0) { $0 + $1.quantity }, price: price,
          amountMinor: amount, takes: takes))
    }
    self.lines = lines
    totalMinor = lines.reduce(0) { $0 + $1.amountMinor }
    if let row = credit.first, let limit = row.intOrNil(0) {
      let used = try row.int(1) + row.int(2) + row.int(3)
      guard used + totalMinor <= limit else { throw BenchFailure("over the credit limit") }
    }
  }

  private static func price(_ product: Product, _ rules: Rows) throws -> Price {
    var list: (id: EntityID, value: Int64)?
    var special: (id: EntityID, percent: Int64)?
    for rule in rules {
      if try rule.text(1) == "list" {
        list = (try rule.id(0), scaled(try rule.text(3)))
      } else if try rule.text(2) == "percent" {
        special = (try rule.id(0), scaled(try rule.text(3)))
      }
    }
    guard let list else { throw BenchFailure("no price for \(product.sku)") }
    var steps = [step("list", list.id, decimal(list.value), list.value)]
    guard let special else {
      return Price(scaled: list.value, listScaled: list.value, rule: list.id, steps: .array(steps))
    }
    let price = list.value + list.value * (special.percent / 10_000) / 1_000_000
    steps.append(step("contract", special.id, decimal(special.percent) + "%", price))
    return Price(scaled: price, listScaled: list.value, rule: special.id, steps: .array(steps))
  }

  private static func step(_ name: String, _ rule: EntityID, _ applied: String, _ price: Int64) -> JSON {
    ["step": .string(name), "ruleId": .id(rule), "applied": .string(applied), "price": .string(decimal(price))]
  }

  private static func takes(_ product: Product, _ quantity: Int, _ stock: Rows) throws -> [Take] {
    let quants = try stock.filter { try $0.id(1) == product.id }.sorted { try $0.instant(6) < $1.instant(6) }
    var left = quantity
    var takes: [Take] = []
    for quant in quants where left > 0 {
      let free = Int(scaled(try quant.text(7)) / 100_000_000)
      guard free > 0 else { continue }
      takes.append(Take(quant: try quant.id(0), quantity: min(free, left)))
      left -= min(free, left)
    }
    return takes
  }
}

/// A decimal text in units of 10^-8.
func scaled(_ text: String) -> Int64 {
  let isNegative = text.hasPrefix("-")
  let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
  let fraction = parts.count > 1 ? parts[1].prefix(8) : ""
  let padding = String(repeating: "0", count: 8 - fraction.count)
  let value = Int64(parts[0] + fraction + padding) ?? 0
  return isNegative ? -value : value
}

/// The text of a value in units of 10^-8, with at least two decimals.
func decimal(_ scaled: Int64) -> String {
  let digits = String(scaled.magnitude % 100_000_000)
  var fraction = String(repeating: "0", count: 8 - digits.count) + digits
  while fraction.utf8.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
  return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / 100_000_000).\(fraction)"
}
