import BulkheadCore
import Distribution

/// A purchase order and its one line.
struct PlacedPurchase {
  let id: String
  let line: String

  var path: String { "/v1/purchase-orders/\(id)" }
}

/// What was missing is bought.
extension OrderToCash {
  func replenish() async throws -> PlacedPurchase {
    await story.begin(7, "The stock is planned anew")
    let run = try await story.post("/v1/replenishment-runs", [:])
    guard let id = run["proposed"]?[0]?.string else { throw Story.Broken(description: "nothing was proposed") }
    let path = "/v1/replenishment-suggestions/\(id)"
    let suggestion = try await story.get(path)
    await story.tell("Nothing on hand, nothing on order, 40 owed: below 50, so up to 200, in packs of 12, at least 48.")
    await story.figure("position", "-40", suggestion["inputs"]?["position"]?.string)
    await story.figure("suggested", "240", suggestion["quantity"]?.string)
    let again = try await story.post("/v1/replenishment-runs", [:])
    await story.figure("suggested once more", "0", again["proposed"]?.array.map { String($0.count) })
    try await story.post("\(path)/accept", [:])
    let order = try await story.post("\(path)/order")
    await story.figure("240 at 5.60", "1344.00", order.money("total"))
    let purchase = PlacedPurchase(
      id: try order.needed("id"), line: try (order["lines"]?[0] ?? .null).needed("id"))
    for act in ["submit", "confirm", "send"] { try await story.post("\(purchase.path)/\(act)", [:]) }
    return purchase
  }

  func receive(_ purchase: PlacedPurchase) async throws {
    await story.begin(8, "150 of 240 arrive, and freight is paid for them")
    let receipt = try await story.post(
      "\(purchase.path)/receipts",
      ["lines": [["orderLineId": .string(purchase.line), "quantity": 150, "lot": "L3"]]])
    await story.figure("received, not invoiced", "-840.00", try await story.balance("2100"))
    try await inventory("840.00")
    let cost = try await story.post(
      "/v1/landed-costs",
      ["kind": "freight", "allocation": "value", "amount": "30.00", "receiptIds": [receipt["id"] ?? .null]])
    try await story.post("/v1/landed-costs/\(try cost.needed("id"))/post")
    await story.figure("freight accrued", "-30.00", try await story.balance("2300"))
    // 870.00 / 150 = 5.80 each.
    try await inventory("870.00")
  }

  func matchInvoice(_ purchase: PlacedPurchase) async throws {
    await story.begin(10, "The supplier's invoice is too dear")
    let invoice = try await story.post(
      "/v1/supplier-invoices",
      [
        "supplierId": .string(try await supplier), "supplierNumber": "INV-1", "invoicedOn": "2026-01-15",
        "lines": [["orderLineId": .string(purchase.line), "quantity": 150, "unitPrice": "5.75"]],
      ])
    await story.tell("150 at 5.75 instead of 5.60: more than the 2 % that are let pass.")
    await story.figure("too dear by, per cent", "2.67857143", invoice["lines"]?[0]?["priceDifferencePercent"]?.string)
    await story.figure("held for", "price_hold", invoice["matchState"]?.string)
    let posted = try await story.post("/v1/supplier-invoices/\(try invoice.needed("id"))/approve", [:])
    let line = posted["lines"]?[0] ?? .null
    await story.tell("Approved: 110 of the 150 are still here and cost more; the rest is a variance.")
    await story.figure("cleared", "840.00", line["cleared"]?.string)
    await story.figure("to inventory", "16.50", line["toInventory"]?.string)
    await story.figure("to the price variance", "6.00", line["toVariance"]?.string)
    await story.figure("accounts payable", "-862.50", try await story.balance("2000"))
    try await inventory("654.50")
  }
}
