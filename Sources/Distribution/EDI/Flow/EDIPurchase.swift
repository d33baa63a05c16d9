import BulkheadCore
import BulkheadData

/// An order of ours as a supplier's document names it, and which of its lines the document means. Tenant-scoped.
struct EDIPurchase: Sendable {
  struct Line: Sendable {
    let id: EntityID
    let number: Int64
    let productID: EntityID
    let sku: String
    let entered: Quantity
    let unit: String
    let ordered: Quantity
    let open: Quantity
    let received: Quantity
    /// Of one base unit.
    let unitPrice: UnitPrice
    fileprivate var supplierNames: Set<String> = []
    fileprivate var gtins: Set<String> = []

    /// What one of the unit ordered in costs.
    func enteredPrice() throws(Refusal) -> UnitPrice {
      guard
        let scaled = Rounding.product(unitPrice.scaled, Int128(ordered.millionths), over: Int128(entered.millionths))
      else { throw Refusal(.priceOverflow, "The price of one \(unit) is too large.") }
      return try UnitPrice(scaled: scaled)
    }
  }

  let id: EntityID
  let number: String
  let status: PurchaseStatus
  let currency: Currency
  let lines: [Line]

  /// The orders of these numbers that `supplier` has, locked. Refuses with `edi.orderUnknown` when one of them is not
  /// there: of another supplier, another tenant and nobody look the same.
  static func load(
    _ numbers: [String], supplier: EntityID, in tx: Transaction
  ) async throws -> [String: EDIPurchase] {
    let rows = try await tx.run(
      Query(lock, .texts(numbers), .id(supplier)), Query(orderLines, .texts(numbers), .id(supplier)),
      Query(itemNames, .texts(numbers), .id(supplier)))
    var lines: [EntityID: [Line]] = [:]
    var known: [EntityID: (own: Set<String>, gtins: Set<String>)] = [:]
    for row in rows[2] {
      var entry = known[try row.id(0)] ?? ([], [])
      if try row.text(1) == "supplier_sku" {
        entry.own.insert(try row.text(2))
      } else {
        entry.gtins.insert(try row.text(2))
      }
      known[try row.id(0)] = entry
    }
    for row in rows[1] {
      var line = try Line(row)
      line.supplierNames = known[line.productID]?.own ?? []
      line.gtins = known[line.productID]?.gtins ?? []
      lines[try row.id(0), default: []].append(line)
    }
    var orders: [String: EDIPurchase] = [:]
    for row in rows[0] {
      let order = EDIPurchase(
        id: try row.id(0), number: try row.text(1), status: try row.known(2), currency: try row.currency(3),
        lines: lines[try row.id(0)] ?? [])
      guard orders.updateValue(order, forKey: order.number) == nil else { throw unknown(order.number) }
    }
    for number in numbers where orders[number] == nil { throw unknown(number) }
    return orders
  }

  private static func unknown(_ number: String) -> Refusal {
    Refusal(.ediOrderUnknown, "This supplier has no order of number \(EDIText.printable(number, max: 40)).")
  }

  /// Refuses with `purchase.wrongState` what was never sent, or is closed where `isOpen` is asked for.
  func require(open isOpen: Bool) throws(Refusal) {
    let fine: Set<PurchaseStatus> = isOpen ? [.confirmed, .sent] : [.confirmed, .sent, .closed]
    guard fine.contains(status) else {
      throw Refusal(.purchaseWrongState, "Order \(number) is \(status.rawValue).")
    }
  }

  /// Refuses with `edi.currencyNotAgreed`.
  func require(currency asked: String?) throws(Refusal) {
    guard asked == nil || asked == currency.code else {
      throw Refusal(
        .ediCurrencyNotAgreed,
        "Order \(number) is in \(currency.code), not in \(EDIText.printable(asked ?? "", max: 3)).")
    }
  }

  /// The line that a document means. Its number counts where it names one, and every item number that we know must
  /// then be that line's; without one, the item numbers must name exactly one line. Refuses with `edi.itemUnknown`.
  func line(_ number: String?, _ identifiers: [EDIItemID]) throws(Refusal) -> Line {
    let named = number.flatMap { text in Int64(text).flatMap { number in lines.first { $0.number == number } } }
    if let named {
      guard !identifiers.contains(where: { contradicts($0, named) }) else { throw unknown(number, identifiers) }
      return named
    }
    let meant = lines.filter { line in
      identifiers.contains { Self.names($0, line) } && !identifiers.contains { contradicts($0, line) }
    }
    guard let line = meant.first, meant.count == 1 else { throw unknown(number, identifiers) }
    return line
  }

  private func unknown(_ number: String?, _ identifiers: [EDIItemID]) -> Refusal {
    let names = identifiers.prefix(3).map { "\($0.qualifier) \($0.value)" }.joined(separator: ", ")
    return Refusal(
      .ediItemUnknown,
      EDIText.printable("Order \(self.number) has no line \(number ?? "") with item \(names).", max: 200))
  }

  private static func names(_ name: EDIItemID, _ line: Line) -> Bool {
    switch name.scheme {
    case .sellerItem: line.supplierNames.contains(name.value)
    case .buyerItem: line.sku == name.value
    case .gtin: name.gtin.map { line.gtins.contains($0.digits) } ?? false
    case .other: false
    }
  }

  /// Whether a name says that another item is meant. A supplier's own number is only judged where one is known, a GTIN
  /// where another line has it.
  private func contradicts(_ name: EDIItemID, _ line: Line) -> Bool {
    switch name.scheme {
    case .sellerItem: !line.supplierNames.isEmpty && !line.supplierNames.contains(name.value)
    case .buyerItem: line.sku != name.value
    case .gtin: !Self.names(name, line) && lines.contains { Self.names(name, $0) }
    case .other: false
    }
  }

  private static let lock = Statement(
    """
    SELECT o.id, o.number, o.status, o.currency FROM purchase_order AS o
     WHERE o.number = ANY ($1::text[]) AND o.supplier_id = $2 ORDER BY o.id FOR UPDATE OF o
    """)

  private static let orderLines = Statement(
    """
    SELECT l.order_id, l.id, l.line_no, l.product_id, p.sku, l.entered_qty, l.entered_uom, l.ordered, l.open,
           l.received, l.unit_price
      FROM purchase_order AS o
      JOIN purchase_order_line AS l ON l.order_id = o.id
      JOIN product AS p ON p.id = l.product_id
     WHERE o.number = ANY ($1::text[]) AND o.supplier_id = $2 ORDER BY l.line_no
    """)

  private static let itemNames = Statement(
    """
    SELECT DISTINCT i.product_id, i.scheme, i.value
      FROM purchase_order AS o
      JOIN purchase_order_line AS l ON l.order_id = o.id
      JOIN product_identifier AS i ON i.product_id = l.product_id
     WHERE o.number = ANY ($1::text[]) AND o.supplier_id = $2
       AND (i.scheme IN ('gtin', 'upc') OR (i.scheme = 'supplier_sku' AND i.party_key = $2))
    """)
}

extension EDIPurchase.Line {
  fileprivate init(_ row: Row) throws(Refusal) {
    id = try row.id(1)
    number = try row.int(2)
    productID = try row.id(3)
    sku = try row.text(4)
    entered = try row.quantity(5)
    unit = try row.text(6)
    ordered = try row.quantity(7)
    open = try row.quantity(8)
    received = try row.quantity(9)
    unitPrice = try row.price(10)
  }
}
