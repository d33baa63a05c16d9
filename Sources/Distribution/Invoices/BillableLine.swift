import BulkheadCore
import BulkheadData

/// What an invoice line is made of before taxes are known.
struct BillableLine: Sendable {
  let orderLineID: EntityID?
  let productID: EntityID?
  let sku: String?
  let description: String
  let quantity: Quantity
  let unit: String?
  let unitPrice: UnitPrice
  let taxCategory: String?
}

/// How far a line of an order is shipped and billed.
struct OrderLineBilling: Sendable {
  let id: EntityID
  let number: Int
  let unitPrice: UnitPrice
  let shipped: Quantity
  let invoiced: Quantity
  /// What came back and was settled.
  let returned: Quantity
  let credited: Quantity
  let drafted: Quantity
  let line: BillableLine

  /// Shipped and not invoiced, in no draft either; what came back before it was billed is not billed.
  func billable() throws(Refusal) -> Quantity {
    let shippedRest = try shipped.subtracting(invoiced)
    let kept = try shipped.subtracting(returned).subtracting(try invoiced.subtracting(credited))
    let rest = try min(shippedRest, kept).subtracting(drafted)
    return max(rest, .zero)
  }

  /// Whether `quantity` of it may be billed: no more than was shipped, and than the customer keeps.
  func allows(billing quantity: Quantity) throws(Refusal) -> Bool {
    let billed = try invoiced.adding(quantity)
    let kept = try shipped.subtracting(returned)
    let owed = try billed.subtracting(credited)
    return billed <= shipped && owed <= kept
  }

  /// By how much less waits to be billed when `quantity` is. Told from what stands before and after, so that rounding
  /// never leaves a cent behind when all is billed.
  func unbilled(after quantity: Quantity, _ currency: Currency) throws(Refusal) -> Int64 {
    let before = max(try shipped.subtracting(invoiced), .zero)
    let after = max(try before.subtracting(quantity), .zero)
    return try unitPrice.amount(of: before, in: currency).minor - unitPrice.amount(of: after, in: currency).minor
  }

  init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    number = Int(try row.int(1))
    unitPrice = try row.price(6)
    shipped = try row.quantity(7)
    invoiced = try row.quantity(8)
    returned = try row.quantity(9)
    credited = try row.quantity(10)
    drafted = try row.quantity(11)
    line = BillableLine(
      orderLineID: id, productID: try row.id(2), sku: try row.text(12), description: try row.text(3), quantity: shipped,
      unit: try row.text(4), unitPrice: unitPrice, taxCategory: row.textOrNil(5))
  }
}

extension BillableLine {
  /// The same with another quantity.
  func of(_ quantity: Quantity) -> BillableLine {
    BillableLine(
      orderLineID: orderLineID, productID: productID, sku: sku, description: description, quantity: quantity,
      unit: unit,
      unitPrice: unitPrice, taxCategory: taxCategory)
  }

  /// Prices and taxes `lines`. Refuses with `money.overflow`, `tax.ruleMissing`, `tax.rateMissing`.
  static func priced(
    _ lines: [BillableLine], _ terms: BillingTerms, _ ambient: Ambient
  ) throws(Refusal) -> [Invoice.Line] {
    var nets: [Int64] = []
    var taxes: [(rule: EntityID?, rates: [TaxRate])] = []
    for line in lines {
      nets.append(try line.unitPrice.amount(of: line.quantity, in: terms.currency).minor)
      taxes.append(try terms.taxes(line.taxCategory))
    }
    let parts = try TaxComputation.parts(
      zip(nets, taxes).map { TaxComputation.Line(net: $0, rates: $1.rates) }, terms.rounding)
    return lines.enumerated().map { index, line in
      Invoice.Line(
        id: ambient.makeID(), number: index + 1, orderLineID: line.orderLineID, originalLineID: nil,
        productID: line.productID, sku: line.sku, description: line.description, quantity: line.quantity,
        unit: line.unit,
        unitPrice: line.unitPrice, taxCategory: line.taxCategory, taxRuleID: taxes[index].rule, net: nets[index],
        parts: parts[index])
    }
  }
}
