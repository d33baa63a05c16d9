import BulkheadCore
import Distribution

/// One order and everything it triggers, from the stock it found to the money in the bank.
///
/// The figures were worked out by hand: 60 pieces in two lots are worth 310.00, a customer wants 100, and what is
/// missing is bought at 5.60, made dearer by freight and by the supplier's invoice. Each chapter asks the API as
/// people, devices and partners would, and compares.
struct OrderToCash {
  let story: Story
  /// The company's address in interchanges, with the qualifier ZZ.
  let address: String
  let mailbox: PartnerMailbox

  /// Tells the whole of it.
  func tell() async throws {
    try await setUp()
    let (buyer, maker) = try await agree()
    let order = try await takeOrder(buyer)
    let first = try await pickAndPack(order)
    try await shipFirst(first, buyer)
    let invoice = try await billFirst(order, buyer)
    try await notice()
    let purchase = try await replenish(maker)
    try await receive(purchase, maker)
    let second = try await fillBackorder(order)
    try await matchInvoice(purchase, maker)
    let credit = try await takeBack(first)
    try await getPaid(invoice, credit: credit, second: second)
    try await closeBooks()
  }

  private func setUp() async throws {
    await story.begin(0, "What stands in the warehouse, and how the company trades")
    let code = try await story.post("/v1/tax-codes", ["code": "SALES", "name": "Sales tax"]).needed("id")
    for (place, percent) in [("State", "5"), ("County", "3")] {
      try await story.post(
        "/v1/tax-codes/\(code)/rates",
        ["jurisdiction": .string(place), "percent": .string(percent), "validFrom": "2020-01-01"])
    }
    try await story.post("/v1/tax-rules", ["country": "US", "taxCodeId": .string(code)])
    try await story.post("/v1/payment-terms", ["code": "NET30", "name": "30 days", "days": 30, "isDefault": true])
    try await story.post("/v1/gs1-prefixes", ["prefix": "0614141", "nextSerial": 1])
    let customer = try await story.one("/v1/parties?code=\(DemoCompany.customer)")
    try await story.post(
      "/v1/parties/\(customer)/addresses",
      ["kind": "ship_to", "name": "Shop", "street": "High Street 1", "city": "Albany", "region": "NY", "country": "US"])
    let (product, warehouse) = (try await product, try await warehouse)
    try await story.post(
      "/v1/supplier-prices",
      [
        "supplierId": .string(try await supplier), "productId": .string(product), "unitPrice": "5.60",
        "minimumOrder": 48, "packMultiple": 12, "leadTimeDays": 14,
      ])
    try await story.post(
      "/v1/reorder-policies",
      [
        "productId": .string(product), "warehouseId": .string(warehouse), "method": "order_up_to", "reorderPoint": 50,
        "target": 200,
      ])
    await story.tell(
      "\(DemoCompany.sku), first in first out: lot L1 40 at 5.00, lot L2 20 at 5.50. Sales tax 5 % and 3 %.")
    await story.figure("on hand", "60", try await availability("onHand"))
    try await inventory("310.00")
  }

  private func takeOrder(_ buyer: TradingPartner) async throws -> String {
    await story.begin(1, "\(DemoCompany.customer) orders 100 by EDI")
    await story.figure(
      "850", "accepted",
      try await buyer.send(
        "PO", "850",
        ["BEG*00*SA*4500000042**20260105", "CUR*BY*USD", "PO1*1*100*EA*11.25**VP*\(DemoCompany.sku)", "CTT*1"]))
    let id = try await story.awaited("/v1/orders?poNumber=4500000042")
    let order = try await story.get("/v1/orders/\(id)")
    let line = order["lines"]?[0]
    await story.tell("Listed at \(line?["listPrice"]?.string ?? "?"), less 10 % by contract \(DemoCompany.contract).")
    await story.figure("unit price", "11.25", line?["unitPrice"]?.string)
    await story.figure("order total", "1125.00", order.money("total"))
    let again: JSON = [
      "customer": .string(DemoCompany.customer), "poNumber": "4500000042",
      "lines": [["sku": .string(DemoCompany.sku), "quantity": 100]],
    ]
    await story.figure("the same order again", "order.duplicatePO", try await story.refusal("/v1/orders", again))

    await story.begin(2, "What is there is reserved, the rest waits")
    await story.figure("reserved", "60", line?["reserved"]?.string)
    await story.figure("backordered", "40", line?["backordered"]?.string)
    await story.figure("available to promise", "0", try await availability("availableToPromise"))
    await story.figure("855", "IA 60, IB 40", try await buyer.receive("855").said("ACK", 1, 2))
    return id
  }

  private func pickAndPack(_ order: String) async throws -> String {
    await story.begin(3, "The warehouse picks, packs and labels")
    return try await pack(order, cartons: [("L1", 40), ("L2", 20)], scansFrom: 1)
  }

  private func shipFirst(_ shipment: String, _ buyer: TradingPartner) async throws {
    await story.begin(4, "The goods leave")
    try await ship(shipment)
    try await costs("310.00", left: "0.00")
    let paper = try await buyer.receive("856")
    await story.figure("856, levels", "S, O, P, I, P, I", paper.said("HL", 3))
    await story.figure("856, shipped", "40, 20", paper.said("SN1", 2))
    let packed = try await story.get("/v1/shipments/\(shipment)")["packages"]?.array ?? []
    await story.figure(
      "856, cartons", packed.compactMap { $0["sscc"]?.string }.map { "GM \($0)" }.joined(separator: ", "),
      paper.said("MAN", 1, 2))
  }

  private func billFirst(_ order: String, _ buyer: TradingPartner) async throws -> String {
    await story.begin(5, "Tax and invoice")
    let invoice = try await bill(order, net: "675.00", tax: "54.00", total: "729.00")
    let paper = try await buyer.receive("810")
    await story.figure("810, total in cents", "72900", paper.said("TDS", 1))
    await story.figure("810, tax", "TX 54.00", paper.said("TXI", 1, 2))
    let open = try await story.get("/v1/edi/acknowledgements")["items"]?.array
    await story.figure("documents without a 997", "0", open.map { String($0.count) })
    return invoice
  }

  private func bill(_ order: String, net: String, tax: String, total: String) async throws -> String {
    let draft = try await story.post("/v1/invoices", ["orderId": .string(order)])
    let id = try draft.needed("id")
    let invoice = try await story.post("/v1/invoices/\(id)/post")
    await story.tell("Invoice \(invoice["number"]?.string ?? "?"): its number was taken last, so that none is missing.")
    await story.figure("net", net, invoice.money("net"))
    await story.figure("tax", tax, invoice.money("tax"))
    await story.figure("total", total, invoice.money("total"))
    return id
  }

  private func fillBackorder(_ order: String) async throws -> String {
    await story.begin(9, "The backorder is filled")
    try await story.post("/v1/orders/\(order)/allocate")
    try await ship(try await pack(order, cartons: [("L3", 40)], scansFrom: 100))
    // 310.00 and 40 at 5.80.
    try await costs("542.00", left: "638.00")
    await story.figure("on hand", "110", try await availability("onHand"))
    return try await bill(order, net: "450.00", tax: "36.00", total: "486.00")
  }

  var product: String { get async throws { try await story.one("/v1/products?sku=\(DemoCompany.sku)") } }
  var warehouse: String { get async throws { try await story.one("/v1/locations?code=\(DemoCompany.warehouse)") } }
  var supplier: String { get async throws { try await story.one("/v1/parties?code=\(DemoCompany.supplier)") } }

  func availability(_ member: String) async throws -> String? {
    try await story.get("/v1/products/\(try await product)/availability")[member]?.string
  }

  func inventory(_ worth: String) async throws {
    await story.figure("inventory in the ledger", worth, try await story.balance("1200"))
  }

  func costs(_ sold: String, left: String) async throws {
    await story.figure("cost of goods sold", sold, try await story.balance("5000"))
    try await inventory(left)
  }
}
