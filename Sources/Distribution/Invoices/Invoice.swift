import BulkheadCore

/// A customer invoice or a credit note as it stands. Amounts of a credit note are positive: its kind is the sign.
struct Invoice: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case invoice
    case creditNote = "credit_note"

    var series: NumberSeries { self == .invoice ? .invoice : .creditNote }
    /// What it adds to the customer's debt: 1 or -1.
    var sign: Int64 { self == .invoice ? 1 : -1 }
  }

  enum Status: String, Sendable, CaseIterable {
    /// Being looked at: no number, nothing booked. Goes to `posted`, or to `cancelled` for good.
    case draft
    /// Booked and numbered; something of it is open. Goes to `paid` when nothing is.
    case posted
    /// Nothing is open. Goes back to `posted` when a payment bounces.
    case paid
    case cancelled
  }

  struct Line: Sendable {
    let id: EntityID
    let number: Int
    let orderLineID: EntityID?
    let originalLineID: EntityID?
    let productID: EntityID?
    let sku: String?
    let description: String
    let quantity: Quantity
    let unit: String?
    let unitPrice: UnitPrice
    let taxCategory: String?
    let taxRuleID: EntityID?
    let net: Int64
    let parts: [TaxPart]

    var tax: Int64 { parts.reduce(0) { $0 + $1.tax } }
  }

  let id: EntityID
  let legalEntityID: EntityID
  let kind: Kind
  var status: Status
  var number: String?
  let customerID: EntityID
  let customerCode: String
  let currency: Currency
  let orderID: EntityID?
  let originalID: EntityID?
  let invoiceOn: CivilDate
  let dueOn: CivilDate
  let shipToCountry: String?
  let shipToRegion: String?
  let exemption: String?
  let rounding: TaxRounding
  let net: Int64
  let tax: Int64
  let total: Int64
  /// What is not settled yet.
  var open: Int64
  let memo: String?
  let createdAt: Instant
  var postedAt: Instant?
  var version: Int64
  let lines: [Line]
}

extension Invoice {
  /// Net, tax and total of `lines`. Refuses with `money.overflow`.
  static func sums(_ lines: [Line]) throws(Refusal) -> (net: Int64, tax: Int64, total: Int64) {
    var net: Int128 = 0
    var tax: Int128 = 0
    for line in lines {
      net += Int128(line.net)
      for part in line.parts { tax += Int128(part.tax) }
    }
    guard let netMinor = Int64(exactly: net), let taxMinor = Int64(exactly: tax),
      let total = Int64(exactly: net + tax)
    else { throw Money.overflow }
    return (netMinor, taxMinor, total)
  }

  /// The entry that books it: what the customer owes is income and tax that we owe; a credit note is the opposite.
  func entry(_ id: EntityID) -> LedgerEntry {
    let name = kind == .invoice ? "Invoice" : "Credit note"
    var entry = LedgerEntry(
      id: id, book: .receivable, effectiveOn: invoiceOn, originType: "invoice", originID: self.id,
      memo: "\(name) to \(customerCode)")
    entry.debit(.receivable, kind.sign * total, party: customerID, dueOn: dueOn)
    entry.credit(.revenue, kind.sign * net, party: customerID)
    entry.credit(.taxPayable, kind.sign * tax, party: customerID)
    return entry
  }
}

extension Invoice {
  func money(_ minor: Int64) -> Money { Money(minor: minor, currency) }

  private var header: [JSON.Member] {
    [
      .init("id", .id(id)), .init("legalEntityId", .id(legalEntityID)), .init("kind", .string(kind.rawValue)),
      .init("status", .string(status.rawValue)), .init("number", .optional(number)),
      .init("customerId", .id(customerID)), .init("customer", .string(customerCode)),
      .init("orderId", .optional(orderID?.description)), .init("originalId", .optional(originalID?.description)),
      .init("invoiceOn", .string(invoiceOn.description)), .init("dueOn", .string(dueOn.description)),
      .init("net", money(net).json), .init("tax", money(tax).json), .init("total", money(total).json),
      .init("open", money(open).json), .init("memo", .optional(memo)), .init("createdAt", .instant(createdAt)),
      .init("postedAt", postedAt.map { .instant($0) } ?? .null), .init("version", .int(version)),
    ]
  }

  /// The header alone, as lists show it.
  var summary: JSON { .object(header) }

  var json: JSON {
    .object(
      header + [
        .init("taxRounding", .string(rounding.rawValue)), .init("shipToCountry", .optional(shipToCountry)),
        .init("shipToRegion", .optional(shipToRegion)), .init("exemption", .optional(exemption)),
        .init("lines", .array(lines.map(json))),
      ])
  }

  private func json(_ line: Line) -> JSON {
    [
      "id": .id(line.id), "line": .int(line.number), "orderLineId": .optional(line.orderLineID?.description),
      "originalLineId": .optional(line.originalLineID?.description),
      "productId": .optional(line.productID?.description), "sku": .optional(line.sku),
      "description": .string(line.description), "quantity": line.quantity.json, "unit": .optional(line.unit),
      "unitPrice": line.unitPrice.json, "taxCategory": .optional(line.taxCategory),
      "taxRuleId": .optional(line.taxRuleID?.description), "net": .string(money(line.net).text),
      "tax": .string(money(line.tax).text),
      "taxes": .array(
        line.parts.map { part in
          [
            "taxCode": .string(part.rate.code), "jurisdiction": .string(part.rate.jurisdiction),
            "percent": part.rate.percent.json, "base": .string(money(part.base).text),
            "tax": .string(money(part.tax).text),
          ]
        }),
    ]
  }
}
