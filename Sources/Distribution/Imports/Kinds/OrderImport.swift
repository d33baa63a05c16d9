import BulkheadCore
import BulkheadData

/// Orders from a file: rows that follow each other with one customer and one order number are one order, which is
/// taken whole or not at all.
struct OrderImport: ImportWork {
  private struct New: Sendable {
    let rows: [Int]
    let request: OrderRequest
    let key: String
  }

  private struct Line: Sendable {
    let customer: PartyReference
    let poNumber: String
    let currency: Currency?
    let warehouse: String?
    let requestedOn: CivilDate?
    let shipPolicy: OrderRequest.ShipPolicy
    let line: OrderRequest.Line
  }

  private let rows: [ImportRow]
  private var orders: [New] = []

  /// What says which order a row belongs to, before it is known whether the row is any good.
  static func key(_ row: ImportRow) -> String {
    let columns = row.columns
    let customer = columns.value("customer", in: row.row) ?? columns.value("customerId", in: row.row) ?? ""
    return customer + "\u{1F}" + (columns.value("poNumber", in: row.row) ?? "")
  }

  init(_ rows: [ImportRow], _ outcome: inout ImportOutcome) {
    self.rows = rows
    var start = 0
    while start < rows.count {
      let key = Self.key(rows[start])
      let end = rows[start...].firstIndex { Self.key($0) != key } ?? rows.count
      if let order = Self.read(rows, start..<end, key, &outcome) { orders.append(order) }
      start = end
    }
  }

  private static func read(
    _ rows: [ImportRow], _ range: Range<Int>, _ key: String, _ outcome: inout ImportOutcome
  ) -> New? {
    var lines: [Line] = []
    for index in range where !outcome.isRefused(index) {
      do throws(ImportRefusal) { lines.append(try line(rows[index])) } catch { outcome.refuse(index, error) }
    }
    guard lines.count == range.count, let first = lines.first else {
      refuseRest(range, &outcome)
      return nil
    }
    // What is said of the whole order is said by its first row.
    let request = OrderRequest(
      customer: first.customer, poNumber: first.poNumber, currency: first.currency?.code, warehouse: first.warehouse,
      requestedOn: first.requestedOn, shipPolicy: first.shipPolicy, channel: .api, lines: lines.map(\.line))
    return New(rows: Array(range), request: request, key: key)
  }

  private static func refuseRest(_ range: some Sequence<Int>, _ outcome: inout ImportOutcome) {
    for index in range {
      outcome.refuse(
        index, ImportRefusal(.importOrderRefused, "Another row of this order is refused; an order is taken whole."))
    }
  }

  private static func line(_ row: ImportRow) throws(ImportRefusal) -> Line {
    let poNumber = try row.requiredText("poNumber", max: 60)
    return Line(
      customer: try customer(row), poNumber: poNumber, currency: try row.currency("currency"),
      warehouse: try row.text("warehouse", max: 60), requestedOn: try row.date("requestedOn"),
      shipPolicy: try row.choice("shipPolicy", .shipPartial),
      line: OrderRequest.Line(
        product: try row.requiredProduct(), quantity: try row.requiredQuantity("quantity"),
        unit: try row.text("unit", max: 8), customerLine: try row.text("customerLine", max: 40),
        expectedPrice: try expectedPrice(row), requestedOn: nil))
  }

  private static func expectedPrice(_ row: ImportRow) throws(ImportRefusal) -> UnitPrice? {
    let price = try row.price("expectedPrice")
    guard let price, price.isNegative else { return price }
    throw row.refusal(.priceNegative, "A price cannot be negative.", "expectedPrice")
  }

  private static func customer(_ row: ImportRow) throws(ImportRefusal) -> PartyReference {
    switch (try row.text("customer", max: 40), try row.id("customerId", "There is no such customer.")) {
    case (let code?, nil): return .code(code)
    case (nil, let id?): return .id(id)
    case (nil, nil), (.some, .some):
      throw row.refusal(
        .referenceMissing, "Name the customer by exactly one of customer and customerId.", "customer")
    }
  }

  var claims: [ImportClaim] {
    orders.map {
      ImportClaim(key: "order " + $0.key, row: $0.rows[0], column: "poNumber", what: "order number and customer")
    }
  }

  func decide(_ outcome: inout ImportOutcome, writes: Bool, _ services: Services, in tx: Transaction) async throws {
    // An order whose number was claimed by an earlier one is refused by its first row.
    var open: [New] = []
    for order in orders {
      if order.rows.contains(where: { outcome.isRefused($0) }) {
        Self.refuseRest(order.rows, &outcome)
      } else {
        open.append(order)
      }
    }
    guard !open.isEmpty else { return }
    var batch = OrderBatch(open.map(\.request), services)
    if writes { try await batch.place(in: tx) } else { try await batch.check(in: tx) }
    for (index, refusal) in batch.refused { blame(open[index], refusal, &outcome) }
    outcome.made = open.count - batch.refused.count
  }

  private func blame(_ order: New, _ refusal: Refusal, _ outcome: inout ImportOutcome) {
    let blamed = ImportBlame.lines(refusal)
    for (line, member, reason) in blamed where order.rows.indices.contains(line) {
      let row = order.rows[line]
      outcome.refuse(row, rows[row].refusal(refusal.code, reason, member))
    }
    if blamed.isEmpty {
      let row = order.rows[0]
      let member = refusal.violations.first?.pointer.split(separator: "/").first.map(String.init)
      outcome.refuse(
        row, ImportRefusal(refusal.code, refusal.detail, column: member.map { rows[row].columns.title($0) }))
    }
    Self.refuseRest(order.rows, &outcome)
  }
}
